/* <beside-bring>: entries written here before there was an account are offered to it, never taken.
   data-mode="ask": a tick box inside the join and enter forms. data-mode="card": asked again in the journal. */
customElements.define('beside-bring', class extends HTMLElement {
  async connectedCallback() {
    const count = (await Outbox.all('phone')).length;
    if (!count) return;
    const text = this.querySelector('[data-count]');
    text.textContent = count === 1 ? this.dataset.one : this.dataset.many.replace('%s', count);
    if (this.dataset.mode === 'ask') {
      this.hidden = false;
      this.closest('form').addEventListener('submit', () => { sessionStorage.bring = this.querySelector('input').checked ? 'yes' : ''; });
      return;
    }
    if (!Queue.signedIn) return;
    if (sessionStorage.bring === 'yes') return this.bring();
    if (sessionStorage.bring === 'later') return;
    this.hidden = false;
    this.querySelector('[data-yes]').onclick = () => this.bring();
    this.querySelector('[data-later]').onclick = () => { sessionStorage.bring = 'later'; this.hidden = true; };
    const drop = this.querySelector('[data-drop]');
    drop.onclick = () => { if (confirm(this.dataset.sure)) { Outbox.wipe('phone'); this.hidden = true; } };
  }
  /* Same ids all the way: stopping half-way and starting again cannot double an entry. */
  async bring() {
    this.hidden = true;
    await navigator.locks.request('bring', () => Outbox.move('phone', Queue.uid));
    delete sessionStorage.bring;
    dispatchEvent(new Event('outbox'));
    Queue.drain();
  }
});
