/* <beside-phone>: the entries that live only on this phone so far. Words go in as text, never as HTML. */
customElements.define('beside-phone', class extends HTMLElement {
  connectedCallback() {
    for (const el of document.querySelectorAll('[data-when]')) el.hidden = el.dataset.when !== (Queue.uid === 'phone' ? 'phone' : 'away');
    this.draw();
    this.heard = () => this.draw();
    this.told = e => this.swap(e.detail.sent ?? []);
    addEventListener('outbox', this.heard);
    addEventListener('outbox-told', this.told);
  }
  disconnectedCallback() { removeEventListener('outbox', this.heard); removeEventListener('outbox-told', this.told); }
  get list() { return this.querySelector('[data-list]'); }
  async draw() {
    const entries = (await Outbox.all(Queue.uid)).filter(e => !e.url).reverse();
    const empty = this.querySelector('[data-empty]');
    if (empty) empty.hidden = !!entries.length || Queue.signedIn;
    this.list.replaceChildren(...entries.map(e => this.row(e)));
    this.hidden = !entries.length && (!empty || empty.hidden);
  }
  row(entry) {
    const fields = new URLSearchParams(entry.fields), mood = fields.get('mood');
    const make = (tag, cls, text) => { const el = document.createElement(tag); if (cls) el.className = cls; if (text) el.textContent = text; return el; };
    const li = make('li', 'entry card pending');
    li.id = `e-${entry.id}`;
    const head = make('div', 'row'), words = make('div', 'grow');
    if (mood) { const sky = make('span', 'sky small'); sky.dataset.mood = mood; sky.ariaHidden = 'true'; head.append(sky); }
    const felt = new Date(fields.get('felt_at') || NaN);
    const when = isNaN(felt) ? '' : new Intl.DateTimeFormat(document.documentElement.lang, { weekday: 'short', hour: 'numeric', minute: '2-digit' }).format(felt);
    const line = make('p');
    line.append(make('b', '', mood ? this.dataset.skies.split('|')[mood - 1] : ''), ' ', make('span', 'meta', when));
    words.append(line);
    if (fields.get('note')) words.append(make('p', 'note', fields.get('note')));
    head.append(words);
    li.append(head, make('p', 'notice', entry.bad ? this.dataset.refused : Queue.uid === 'phone' ? this.dataset.mine : this.dataset.waiting));
    const acts = make('div', 'row wrap'), edit = make('a', 'button quiet', this.dataset.edit), gone = make('button', 'button plain', this.dataset.remove);
    edit.href = `/journal/new#id=${entry.id}`;
    gone.type = 'button';
    gone.onclick = async () => { if (confirm(this.dataset.sure)) Queue.undo(entry.id); };
    acts.append(edit, gone);
    li.append(acts);
    return li;
  }
  /* In the journal the server's own drawing takes the waiting row's place; elsewhere the row just goes. */
  swap(sent) {
    for (const { id, html } of sent) {
      const place = document.querySelector('[data-entries]');
      if (html) place?.querySelector('.example')?.remove();
      document.querySelector(`[data-entries] #e-${CSS.escape(id)}`)?.remove();
      if (place && html) { const t = document.createElement('template'); t.innerHTML = html; place.prepend(t.content); }
    }
    this.draw();
  }
});
