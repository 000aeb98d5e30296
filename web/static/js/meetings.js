/* <beside-when>: when a meeting is on this phone's own clock, if no time on the page is that already. */
customElements.define('beside-when', class extends HTMLElement {
  connectedCallback() {
    const { at, zone, mine, words } = this.dataset, when = new Date(at);
    const says = timeZone => {
      try {
        return new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'full', timeStyle: 'short', timeZone }).format(when);
      } catch { return ''; }                              // a zone this browser does not know
    };
    const here = says();
    if (!here || here === says(zone) || (mine && here === says(mine))) return;
    this.textContent = words.replace('%s', here);
    this.hidden = false;
  }
});
