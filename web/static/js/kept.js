/* Kept stories on this phone, in the store of the person who keeps them: wiped with it, and never in a shared cache.
   <beside-keep>: the switch on a kept story. <beside-kept>: the list, which needs no network. Words go in as text. */
{
  const KEY = 'kept', all = async () => (await Outbox.drafted(Queue.uid, KEY)) ?? [];
  const change = act => navigator.locks.request(`kept-${Queue.uid}`, async () => {
    const list = await act(await all());
    await Outbox.draft(Queue.uid, KEY, list.length ? list : null);
    return list;
  });
  const get = async id => {
    const reply = await fetch(`/stories/${id}/phone`, { cache: 'no-store' });
    return reply.ok && !reply.redirected ? reply.json() : null;
  };
  /* Which of them may still be seen; the others go, and changed words come anew. 0 without a network, else the status. */
  const check = async () => {
    const list = await all();
    if (!list.length) return 200;
    const reply = await fetch('/stories/kept/check', { method: 'POST', headers: { 'X-Uid': Queue.uid }, body: new URLSearchParams(list.map(one => ['id', one.id])), signal: AbortSignal.timeout(5000) }).catch(() => null);
    if (!reply?.ok) return reply && reply.status < 500 ? reply.status : 0;
    const { kept } = await reply.json(), fresh = {};
    for (const { id, version } of list) if (kept[id] > version) fresh[id] = await get(id).catch(() => null);
    await change(now => now.filter(one => !list.some(({ id }) => id === one.id) || one.id in kept).map(one => fresh[one.id] ?? one));
    return 200;
  };
  navigator.serviceWorker?.ready.then(r => r.active.postMessage('stories'));
  customElements.define('beside-keep', class extends HTMLElement {
    async connectedCallback() {
      if (!Queue.signedIn || !self.isSecureContext) return;
      this.button = this.querySelector('button');
      this.button.onclick = () => this.turn().catch(() => this.say(this.dataset.no));
      this.hidden = false;
      check().then(() => this.draw());
      await this.draw();
    }
    say(text) { this.querySelector('[role=status]').textContent = text; }
    async draw() { const on = (await all()).some(one => one.id === this.dataset.id); this.button.ariaPressed = on; this.say(on ? this.dataset.on : ''); return on; }
    async turn() {
      const { id } = this.dataset, on = this.button.ariaPressed === 'true', story = on ? null : await get(id);
      if (!on && !story) return this.say(this.dataset.no);
      const list = await change(now => now.length < 50 || on ? [...now.filter(one => one.id !== id), ...(story ? [story] : [])] : now);
      if (!on && !list.some(one => one.id === id)) return this.say(this.dataset.full);
      if (await this.draw() === on) this.say(this.dataset.no);
    }
  });
  customElements.define('beside-kept', class extends HTMLElement {
    async connectedCallback() { await this.draw(); addEventListener('online', () => this.draw()); }
    async draw() {
      const status = await check(), there = status === 0 || status === 200, list = there ? await all() : [];
      for (const [name, on] of [['away', status === 0], ['signin', !there], ['empty', there && !list.length]]) this.querySelector(`[data-${name}]`).hidden = !on;
      this.querySelector('[data-list]').replaceChildren(...list.reverse().map(one => this.row(one)));
    }
    row({ id, title, name, after, notes, boxes }) {
      const make = (tag, text, cls) => { const el = document.createElement(tag); el.textContent = text; el.className = cls ?? ''; if (tag !== 'button') el.dir = 'auto'; return el; };
      const li = make('li', '', 'card story'), words = document.createElement('details'), gone = make('button', this.dataset.gone, 'button plain');
      words.append(make('summary', notes.length ? `${this.dataset.before} ${notes.join(' · ')}` : this.dataset.show), ...boxes.flatMap(([asked, said]) => [make('h3', asked, 'step'), make('p', said, 'said')]));
      gone.onclick = async () => { await change(now => now.filter(one => one.id !== id)); this.draw(); };
      li.append(make('h2', title), make('p', [name, after].filter(Boolean).join(' · '), 'meta'), words, gone);
      return li;
    }
  });
}
