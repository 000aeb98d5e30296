/* form[data-story]: one step at a time, every word kept on this phone as it is typed, for the person who types it.
   Without this script it is one long form that does the same. */
(() => {
  const form = document.querySelector('form[data-story]'), part = name => document.querySelector(`[data-${name}]`);
  if (!form || !self.isSecureContext) return;
  const { story: key, kept: said } = form.dataset, action = form.getAttribute('action'), steps = [...form.querySelectorAll('.step')];
  const own = Queue.uid !== 'phone', areas = [...form.querySelectorAll('textarea')];
  let timer, gone = !own, at = 0;
  part('signin').hidden = own;
  navigator.serviceWorker?.ready.then(r => r.active.postMessage('stories'));   // so that writing opens without a network
  form.elements.tz.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  const fields = () => [...new FormData(form)].filter(([k, v]) => v && typeof v === 'string' && k !== 'do');
  const keep = async () => {
    clearTimeout(timer);
    if (gone || ![...areas, form.elements.title].some(a => a.value.trim())) return;
    form.elements.id.value ||= crypto.randomUUID();
    const now = fields();
    await Outbox.draft(Queue.uid, key, now);
    if (JSON.stringify(await Outbox.drafted(Queue.uid, key)) !== JSON.stringify(now) || gone) return;
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
  const show = (n, go) => {
    at = n;
    steps.forEach((step, i) => step.classList.toggle('now', i === n));
    form.querySelector('.intro')?.classList.toggle('past', n > 0);
    part('step').textContent = form.dataset.progress.replace('#at', n + 1).replace('#all', steps.length);
    form.querySelector('[data-go="-1"]').hidden = !n;
    form.querySelector('[data-go="1"]').hidden = n === steps.length - 1;
    if (go) { if (go === 1) history.pushState({ step: n }, ''); steps[n].querySelector('h2').focus(); scrollTo(0, 0); }
  };
  const later = async what => {                           // durable first: the words leave the form only once they are in the line
    const words = areas.reduce((n, a) => n + [...a.value.trim()].length, 0);
    if (what === 'send' && (words < 300 || words > 6000)) { part('said').textContent = form.dataset.short; return; }
    form.elements.id.value ||= crypto.randomUUID();
    const now = fields().map(([k, v]) => [k, k === 'id' && what === 'letter' ? crypto.randomUUID() : v]);
    await Queue.save([...now, ['do', what]], { url: action });
    gone = true;
    await Outbox.draft(Queue.uid, key, null);
    form.hidden = true; part('offline').hidden = true; part('waits').hidden = false;
    part('reopen').onclick = async () => { for (const e of await waiting()) await reopen(e); };
  };
  const waiting = async () => (await Outbox.all(Queue.uid)).filter(e => e.url === action && e.fields.some(([k, v]) => k === 'do' && v === 'send'));
  const reopen = async e => { fill(e.fields); gone = false; await keep(); await Outbox.del(Queue.uid, e.id); dispatchEvent(new Event('outbox')); part('waits').hidden = true; form.hidden = false; };
  form.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(keep, 300); });
  addEventListener('pagehide', keep);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') keep(); });
  addEventListener('popstate', e => { if (!e.state?.calm) show(e.state?.step ?? 0, 2); });
  form.addEventListener('click', e => { const step = e.target.closest('[data-go]'); if (step) show(at + +step.dataset.go, 1); });
  form.addEventListener('submit', e => { if (!navigator.onLine && own) { e.preventDefault(); keep(); part('offline').hidden = false; part('offline').scrollIntoView(); } });
  part('throw').onclick = async () => { if (confirm(form.dataset.sure)) { gone = true; clearTimeout(timer); await Outbox.draft(Queue.uid, key, null); location.replace(location.pathname); } };
  part('offline').onclick = e => { const what = e.target.dataset.later; if (what) later(what).catch(() => {}); };
  (async () => {
    const draft = own && form.hasAttribute('data-fresh') && await Outbox.drafted(Queue.uid, key), [first] = own ? await waiting() : [];
    if (draft) { fill(draft); part('restored').hidden = part('throw').hidden = false; }
    else if (first) { form.hidden = true; part('waits').hidden = false; part('reopen').onclick = () => reopen(first); }
    else if (!form.hasAttribute('data-fresh')) keep();
    form.classList.add('stepping'); part('nav').hidden = false;
    show(Math.max(0, steps.findIndex(step => step.querySelector('.problem'))));
  })();
})();
