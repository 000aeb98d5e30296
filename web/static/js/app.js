/* What every page does once: the status line, the worker and its updates, the install card. */
customElements.define('beside-queue', class extends HTMLElement {
  connectedCallback() {
    addEventListener('outbox-told', e => this.tell(e.detail));
    this.missing();
    navigator.serviceWorker?.register('/sw.js', { updateViaCache: 'none' }).then(r => this.watch(r)).catch(() => {});
    if (Queue.signedIn && location.pathname.startsWith('/stories')) navigator.serviceWorker?.ready.then(r => r.active.postMessage('stories'));
  }
  tell({ left = 0, bad = 0, why = '', sent = [] }) {
    const d = this.dataset;
    const text = why === 'full' ? d.full : why === 'signin' ? d.signin : bad ? d.refused
      : left ? (left === 1 ? d.waitingOne : d.waitingMany.replace('%s', left)) : sent.some(one => one.gone) ? '' : sent.length > 1 || sent.length && !document.querySelector('[data-quick]') ? d.saved : '';   // a quick form says so itself, of its own
    this.classList.toggle('warm', !!(why || bad));
    this.textContent = text;
    this.hidden = !text;
    if (sent.some(one => one.gone)) this.missing(true);
    if (text === d.saved) setTimeout(() => { if (this.textContent === d.saved) this.hidden = true; }, 4000);
  }
  /* What somebody answered or told us of was taken away before their words came. It stays until they have seen it. */
  async missing(sure) {
    if (this.note || !sure && !await Outbox.drafted(Queue.uid, 'gone')) return;
    const tap = Object.assign(document.createElement('button'), { className: 'button plain', textContent: this.dataset.seen });
    this.note = Object.assign(document.createElement('p'), { className: 'queue', textContent: this.dataset.gone + ' ' });
    this.note.role = 'status';
    tap.onclick = () => { this.note.remove(); this.note = null; Outbox.draft(Queue.uid, 'gone', null); };
    this.note.append(tap);
    this.after(this.note);
  }
  /* A new version never takes over by itself: a page in use must not change under somebody's hands. */
  watch(registration) {
    const offer = worker => {
      if (!worker || !navigator.serviceWorker.controller) return;
      const tap = Object.assign(document.createElement('button'), { className: 'button plain', textContent: this.dataset.reload });
      tap.onclick = () => { navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true }); worker.postMessage('skip'); };
      const note = Object.assign(document.createElement('p'), { className: 'queue', textContent: this.dataset.update + ' ' });
      note.role = 'status';                               // a line of its own: "Saved." must not wipe it away
      note.append(tap);
      this.after(note);
    };
    offer(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing;
      worker?.addEventListener('statechange', () => { if (worker.state === 'installed') offer(worker); });
    });
  }
});

/* The install card: after the second entry, with the browser's own prompt or drawn steps on iPhone; once a month at most. */
{
  let prompt;
  const card = () => document.querySelector('beside-install');
  const month = 30 * 864e5;
  const show = () => {
    const el = card(), ios = /iPhone|iPad/.test(navigator.userAgent);
    if (!el || matchMedia('(display-mode: standalone)').matches || navigator.standalone || (localStorage.entries | 0) < 2) return;
    if (Date.now() - (localStorage.installAsked || 0) < month || !(prompt || ios)) return;
    el.hidden = false;
    el.querySelector('[data-ios]').hidden = !ios;
    const yes = el.querySelector('[data-yes]');
    yes.hidden = !prompt;
    yes.onclick = () => { prompt.prompt(); el.hidden = true; };
    el.querySelector('[data-no]').onclick = () => { localStorage.installAsked = Date.now(); el.hidden = true; };
  };
  addEventListener('beforeinstallprompt', e => { e.preventDefault(); prompt = e; show(); });
  addEventListener('appinstalled', () => { const el = card(); if (el) el.hidden = true; });
  addEventListener('outbox-kept', () => { try { localStorage.entries = (localStorage.entries | 0) + 1; show(); } catch {} });
  addEventListener('DOMContentLoaded', () => { try { show(); } catch {} });
}
