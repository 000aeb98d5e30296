/* <beside-live>: says quietly that there is something new in this group. Only ids come over the line. While nobody
   looks at the page it does not listen; where it cannot listen it asks now and then. */
customElements.define('beside-live', class extends HTMLElement {
  connectedCallback() {
    this.n = +this.dataset.after;
    this.new = new Set();
    this.turn = () => document.visibilityState === 'visible' ? this.open() : this.shut();
    document.addEventListener('visibilitychange', this.turn);
    addEventListener('pageshow', this.turn);
    addEventListener('pagehide', () => this.shut());
    this.turn();
  }
  get url() { return `${this.dataset.url}?after=${this.n}`; }
  open() {
    if (this.source || this.timer) return;
    const source = this.source = new EventSource(this.url);
    const asks = () => { if (this.source === source) { this.shut(); this.later(); } };
    const silent = setTimeout(asks, 10000);               // something on the way may hold back what does not end
    source.onopen = () => clearTimeout(silent);
    source.onmessage = e => this.heard(+e.lastEventId, e.data);
    source.onerror = () => {                              // refused, not only interrupted: the browser will not try again
      if (source.readyState === EventSource.CLOSED) { clearTimeout(silent); asks(); }
    };
  }
  shut() { this.source?.close(); clearTimeout(this.timer); this.source = this.timer = null; }
  later() { this.timer = setTimeout(() => this.ask(), 20000 + Math.random() * 20000); }
  async ask() {
    const reply = await fetch(this.url, { headers: { Accept: 'application/json' }, redirect: 'error', signal: AbortSignal.timeout(10000) }).catch(() => null);
    if (reply?.status === 404 || reply?.status === 401) return;   // no longer theirs: nothing more to ask
    const found = reply?.ok ? await reply.json().catch(() => null) : null;
    for (const [n, id] of found?.new ?? []) this.heard(n, id);
    if (found) this.n = Math.max(this.n, found.n);
    if (this.timer) this.later();
  }
  heard(n, id) {
    this.n = Math.max(this.n, n);
    if (document.getElementById(`p-${id}`)) return;       // it came with the page
    this.new.add(id);
    this.show();
  }
  show() {
    const { one, many } = this.dataset, link = this.querySelector('a');
    link.textContent = this.new.size === 1 ? one : many.replace('%s', this.new.size);
    this.hidden = false;
  }
});
