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
    const { form } = this, wipe = form.elements.remove?.checked ?? true, drop = this.querySelector('[name=drop]');
    if (wipe && await this.count() && !drop.checked) return drop.focus();
    /* First the session, which only the server can end: a phone that is merely wiped would still open the journal. */
    const answer = await fetch(form.action, { method: 'POST', headers: { 'X-Uid': Queue.uid }, body: new URLSearchParams(new FormData(form)), redirect: 'manual', signal: AbortSignal.timeout(10000) }).catch(() => {});
    const ended = answer?.type === 'opaqueredirect';
    form.querySelector('[data-stuck]').hidden = ended;
    if (!ended) return;
    await Outbox.draft(Queue.uid, 'kept', null);          // other people's stories never stay behind
    if (wipe) {
      const push = await (await navigator.serviceWorker?.getRegistration())?.pushManager?.getSubscription().catch(() => null);
      await push?.unsubscribe().catch(() => {});
      await Outbox.wipe('push');
      const gone = () => Outbox.wipe(Queue.uid);
      await navigator.locks.request(`outbox-${Queue.uid}`, { signal: AbortSignal.timeout(3000) }, gone).catch(gone);
      for (const key of Object.keys(localStorage)) if (key === 'uid' || key === `care-${Queue.uid}` || key.startsWith(`wal-${Queue.uid}-`)) localStorage.removeItem(key);
      sessionStorage.clear();
    }
    location.replace('/');
  }
});
