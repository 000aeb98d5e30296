/* <beside-care>: reads the draft on this phone, and offers help above it. No word of it goes anywhere: what is
   kept is a tier and a time, and "This missed the mark" sends the names of rules. */
{
  const TIERS = ['none', 'distress', 'self_harm', 'imminent'], DAY = 864e5;
  customElements.define('beside-care', class extends HTMLElement {
    connectedCallback() {
      this.calm = this.querySelector('dialog');
      const key = `care-${Queue.uid}`;
      this.seen = (() => { try { return JSON.parse(localStorage[key]); } catch { return {}; } })();
      this.keep = () => { try { localStorage[key] = JSON.stringify(this.seen); } catch {} };
      this.closest('form').addEventListener('input', e => {
        if (e.target.localName !== 'textarea') return;
        this.area = e.target;
        this.load();
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.look(), 600);  // not while somebody is in the middle of a word
      });
      this.addEventListener('click', e => this.tapped(e));
      this.calm.addEventListener('close', () => { if (history.state?.calm) history.back(); });
      addEventListener('popstate', () => this.calm.close());
    }
    load() {
      const { rules, reader } = this.dataset;
      const script = () => new Promise((ok, no) => document.head.append(Object.assign(document.createElement('script'), { src: reader, onload: ok, onerror: no })));
      return this.reader ??= Promise.all([fetch(rules).then(r => r.json()), script()]).then(([all]) => Reader.load(all)).catch(() => { this.reader = null; });
    }
    async look(least = 1) {
      await this.load();
      if (!this.reader) return;
      const { tier, about, matched } = Reader.read(this.area.value), rank = TIERS.indexOf(tier);
      if (rank < least || !this.due(about, rank)) return;
      this.said = [['verdict', about === 'other' ? about : tier], ...[...new Set(matched.map(m => m.rule))].map(r => ['rule', r])];
      if (about !== 'other' && rank === 3) return this.open();
      this.show(about === 'other' ? about : tier);
    }
    /* The words are saved and the page is about to go on: danger is answered first, what is less another time. */
    async before() {
      clearTimeout(this.timer);
      if (this.area) await Promise.race([this.look(3), new Promise(ok => setTimeout(ok, 1500))]);
      if (this.calm.open) await this.closed;
    }
    /* Not the same card twice in a day, unless what is written has become graver. */
    due(about, rank) {
      const [last, at] = this.seen[about] || [0, 0];
      if (rank <= last && Math.abs(Date.now() - at) < DAY) return false;
      this.seen[about] = [rank, Date.now()];
      this.keep();
      return true;
    }
    /* Lines as this phone keeps them: they are there without a network, and for the country chosen on it. */
    async fill(to, page, parts) {
      try {
        const reply = await self.caches?.match(page) || await fetch(page);
        const found = new DOMParser().parseFromString(await reply.text(), 'text/html').querySelectorAll(parts);
        if (found.length) to.replaceChildren(...found);
      } catch {}                                          // then the link to Help now stays where it is
    }
    async show(name) {
      for (const card of this.querySelectorAll('[data-care]')) card.hidden = card.dataset.care !== name;
      const card = this.querySelector(`[data-care=${name}]`), doors = card.querySelector('[data-fill]');
      this.tell(card.querySelector('h2').textContent);
      if (doors) await this.fill(doors, '/help', '.now > :not(h2)');
      card.scrollIntoView({ block: 'nearest' });
    }
    async open() {
      if (this.calm.open) return;
      for (const card of this.querySelectorAll('[data-care]')) card.hidden = true;
      history.pushState({ ...history.state, calm: 1 }, '');   // so that Back closes it
      this.closed = new Promise(ok => addEventListener('popstate', ok, { once: true }));
      this.calm.showModal();                              // the heading has the focus: a key still on its way presses nothing
      await this.fill(this.calm.querySelector('[data-fill]'), '/help/now', '[data-calm]');
    }
    tell(text) { this.querySelector('[role=status]').textContent = text; }
    tapped(e) {
      const on = what => e.target.closest(`[data-${what}]`), card = on('care');
      if (on('close')) { if (this.calm.open) this.calm.close(); else { card.hidden = true; this.area?.focus(); } }
      else if (on('leave')) document.getElementById('leave').click();
      else if (on('safe')) { e.preventDefault(); card.querySelector('#safe').classList.add('said'); this.tell(card.querySelector('#safe').textContent); }
      else if (on('unsafe')) { e.preventDefault(); this.due('self', 3); this.open(); }
      else if (on('missed')) this.missed(on('missed'));
    }
    async missed(button) {
      const thanks = Object.assign(document.createElement('p'), { className: 'meta', tabIndex: -1 });
      const sent = await fetch('/help/missed', { method: 'POST', body: new URLSearchParams(this.said), credentials: 'omit', redirect: 'manual' }).catch(() => 0);
      thanks.textContent = sent ? this.dataset.thanks : this.dataset.unsent;
      button.replaceWith(thanks);
      thanks.focus();
    }
  });
}
