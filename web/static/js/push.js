/* <beside-push>: may this browser be told? Permission is asked only here, where a time was set, and only by a tap. */
customElements.define('beside-push', class extends HTMLElement {
  connectedCallback() {
    const tap = (name, act, otherwise) => this.querySelectorAll(`[data-${name}]`).forEach(button => {
      button.onclick = () => act().catch(() => this.show(otherwise));
    });
    tap('begin', () => this.begin(), 'late');
    tap('end', () => this.end(), 'on');
    tap('test', () => this.test(), 'on');
    this.querySelector('form')?.addEventListener('submit', e => {   // "all of them" is this one as well
      e.preventDefault();
      const all = e.target;
      (Reach.possible ? Reach.drop() : Promise.resolve()).catch(() => {}).finally(() => all.submit());
    });
    this.look().catch(() => this.show('unavailable'));
  }
  show(state) { for (const el of this.querySelectorAll('[data-state]')) el.hidden = el.dataset.state !== state; }
  async look() {
    if (!Reach.possible) return this.show(this.athome ? 'unavailable' : 'install');
    if (Notification.permission === 'denied') return this.show('refused');
    const on = await Promise.race([Reach.on(), new Promise(ok => setTimeout(ok, 5000))]);
    this.show(on ? 'on' : 'off');
  }
  /* iPhones and iPads know push only in an app on the home screen. */
  get athome() {
    const apple = /iPhone|iPad/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
    return !apple || navigator.standalone || matchMedia('(display-mode: standalone)').matches;
  }
  /* Some browsers never answer here (no push service behind them), so the waiting ends with us. */
  async begin() {
    this.show('asking');
    const answer = await Notification.requestPermission();
    if (answer !== 'granted') return this.show(answer === 'denied' ? 'refused' : 'off');
    const late = new Promise((_, no) => setTimeout(no, 15000));
    await Promise.race([Reach.begin(this.dataset.key), late]);
    this.show('on');
  }
  async end() {
    await Reach.end();
    this.show('off');
  }
  async test() {
    const reply = await Reach.post('/reminders/phone/test', {}), said = this.querySelector('[data-said]');
    said.textContent = reply.ok ? said.dataset.sent : said.dataset.often;
    if (!reply.ok && reply.status !== 429) throw Error(reply.status);
  }
});
