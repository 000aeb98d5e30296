/* <beside-signout>: around the sign-out form. Words that were not sent yet are sent or knowingly dropped first. */
customElements.define('beside-signout', class extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector('form');
    this.unsent = this.querySelector('[data-unsent]');
    this.querySelector('[data-send]').onclick = async () => { await Queue.drain(); this.count(); };
    this.form.addEventListener('submit', e => { e.preventDefault(); this.go(); });
    addEventListener('outbox-told', () => this.count());
    this.count();
  }
  async count() {
    const left = (await Outbox.all(Queue.uid)).length;
    this.unsent.hidden = !left;
    this.unsent.querySelector('[data-count]').textContent = left === 1 ? this.dataset.one : this.dataset.many.replace('%s', left);
    return left;
  }
  async go() {
    const wipe = this.form.elements.remove?.checked ?? true;
    const drop = this.querySelector('[name=drop]');
    if (wipe && await this.count() && !drop.checked) return drop.focus();
    if (wipe) {
      const push = await (await navigator.serviceWorker?.getRegistration())?.pushManager?.getSubscription().catch(() => null);
      await push?.unsubscribe().catch(() => {});
      await navigator.locks.request(`outbox-${Queue.uid}`, () => Outbox.wipe(Queue.uid));
      for (const key of Object.keys(localStorage)) if (key === 'uid' || key.startsWith(`wal-${Queue.uid}-`)) localStorage.removeItem(key);
    }
    this.form.submit();
  }
});
