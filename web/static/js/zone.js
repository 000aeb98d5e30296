/* <beside-zone>: the phone's own time zone, into an empty field, or told to us where it may follow them. */
customElements.define('beside-zone', class extends HTMLElement {
  connectedCallback() {
    const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const field = this.querySelector('[name=tz], [name=zone]');
    if (!tz) return;
    if (field && !field.value) field.value = tz;
    if (this.dataset.zone && this.dataset.zone !== tz) fetch('/reminders/zone', { method: 'POST', body: new URLSearchParams({ tz }) }).catch(() => {});
  }
});
