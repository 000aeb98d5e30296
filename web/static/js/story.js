/* form[data-story]: every word is kept on this phone as it is typed, for the person who types it, and comes back when
   they do. With no network a finished story waits in the outbox. */
(() => {
  const form = document.querySelector('form[data-story]'), part = name => document.querySelector(`[data-${name}]`);
  if (!form || !self.isSecureContext) return;
  const { story: key, kept: said, fresh } = form.dataset, url = form.getAttribute('action');
  const own = Queue.uid !== 'phone', areas = [...form.querySelectorAll('textarea')], { id, tz, title } = form.elements;
  let timer, gone = !own;
  part('signin').hidden = own;
  navigator.serviceWorker?.ready.then(r => r.active.postMessage('stories'));   // so that writing opens without a network
  const fields = () => {
    id.value ||= crypto.randomUUID();
    tz.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
    return [...new FormData(form)].filter(([, v]) => v && typeof v === 'string');
  };
  const keep = async () => {
    clearTimeout(timer);
    if (gone || ![...areas, title].some(a => a.value.trim())) return;
    const now = fields();
    await Outbox.draft(Queue.uid, key, now);
    if (gone || JSON.stringify(await Outbox.drafted(Queue.uid, key)) !== JSON.stringify(now)) return;
    part('said').textContent = said;                      // only what is really there is said to be there
    part('throw').hidden = false;
  };
  const fill = pairs => {
    for (const f of form.elements) {
      const values = pairs.filter(([k]) => k === f.name).map(([, v]) => v);
      if (f.type === 'radio' || f.type === 'checkbox') f.checked = values.includes(f.value);
      else if (f.name && f.localName !== 'button') f.value = values[0] ?? '';
    }
  };
  const only = name => { for (const one of ['offline', 'waits', 'restored']) part(one).hidden = one !== name; form.hidden = name === 'waits'; part(name)?.scrollIntoView({ block: 'center' }); };
  const waiting = async () => (await Outbox.all(Queue.uid)).find(e => e.url === url && new URLSearchParams(e.fields).get('do') === 'send');
  const later = async what => {                           // durable first: the words leave the form only once they are in the line
    const many = areas.reduce((n, a) => n + [...a.value.trim()].length, 0);
    if (what === 'send' && (many < 300 || many > 6000)) return part('short').hidden = false;
    await Queue.save([...fields(), ['do', what], ...(what === 'letter' ? [['id', crypto.randomUUID()]] : [])], { url });
    gone = true;
    await Outbox.draft(Queue.uid, key, null);
    only('waits');
  };
  const reopen = async () => { const e = await waiting(); gone = false; if (e) { fill(e.fields); await keep(); await Outbox.del(Queue.uid, e.id); dispatchEvent(new Event('outbox')); } only(); };
  const away = () => document.visibilityState === 'hidden' && keep();
  form.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(keep, 300); });
  form.addEventListener('submit', async e => {             // asked, since what a phone believes about its line is often wrong
    if (!own) return;
    e.preventDefault();
    keep();
    const up = await fetch('/healthz', { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(5000) }).then(r => r.ok, () => false);
    if (!up) return only('offline');
    const what = Object.assign(document.createElement('input'), { type: 'hidden', name: 'do', value: e.submitter?.value ?? 'look' });
    form.append(what); form.submit(); what.remove();      // or it would still be here after Back
  });
  addEventListener('pagehide', keep);
  document.addEventListener('visibilitychange', away);
  part('throw').onclick = async () => { if (confirm(form.dataset.sure)) { gone = true; clearTimeout(timer); await Outbox.draft(Queue.uid, key, null); location.replace(location.pathname); } };
  part('offline').onclick = e => { const { later: what } = e.target.dataset; if (what) later(what).catch(() => {}); };
  part('reopen').onclick = reopen;
  (async () => {
    const draft = own && fresh !== undefined && await Outbox.drafted(Queue.uid, key);
    if (draft) { fill(draft); only('restored'); part('throw').hidden = false; }
    else if (own && await waiting()) only('waits');
    else if (fresh === undefined) keep();
  })();
})();
