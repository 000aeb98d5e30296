/* <beside-live>: says quietly that there is something new in this group, and on a tap brings it above what is there:
   the box for one's own words is not touched. Only ids come over the line. While nobody looks at the page it does not
   listen; where it cannot listen it asks now and then. */
customElements.define('beside-live', class extends HTMLElement {
  connectedCallback() {
    this.n = +this.dataset.after;
    this.new = new Set();
    this.turn = () => document.visibilityState === 'visible' ? this.open() : this.shut();
    this.querySelector('a').onclick = e => { e.preventDefault(); this.bring(true); };
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
  async bring(asked) {
    if (this.busy) return;
    this.busy = true;
    const link = this.querySelector('a'), told = [...this.new];
    const reply = await fetch(link.href, { headers: { Accept: 'text/html' }, redirect: 'error', signal: AbortSignal.timeout(10000) }).catch(() => null);
    const page = reply?.ok && new DOMParser().parseFromString(await reply.text().catch(() => ''), 'text/html').getElementById('said');
    this.busy = false;
    if (!page) return this.missed(asked);
    const there = document.getElementById('said'), posts = [...page.querySelectorAll('article')], fresh = posts.filter(post => !document.getElementById(post.id));
    if (fresh.length === posts.length) there.replaceChildren(...page.childNodes);   // more may have been said than fits on a page
    else there.prepend(...fresh);
    for (const id of told) this.new.delete(id);
    this.hidden = true;
    if (asked && fresh[0]) { fresh[0].tabIndex = -1; fresh[0].focus(); }
    if (this.new.size) this.show();
  }
  missed() { this.querySelector('a').textContent = this.dataset.missed; this.hidden = false; }
});
