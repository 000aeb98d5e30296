/* form[data-ask]: what is typed stays on this phone until the server has it; with no line it waits to be sent. */
(() => {
  const key = '/perspectives/new', form = document.querySelector('form[data-ask]');
  const sending = (() => { try { return sessionStorage; } catch { return {}; } })();
  /* The server has the question that this tab sent: only now is its draft let go. */
  if (sending.ask && sending.ask === new URLSearchParams(location.search).get('sent')) {
    Outbox.draft(Queue.uid, key, null);
    delete sending.ask;
  }
  if (!form) return;
  const fields = () => [...new FormData(form)];
  const words = () => form.elements.situation.value || form.elements.now.value;
  let timer;
  const keep = () => { timer = 0; return Outbox.draft(Queue.uid, key, words() ? fields() : null); };
  form.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(keep, 300); });
  addEventListener('pagehide', () => { if (timer) { clearTimeout(timer); keep(); } });
  /* What was written last time is there again, unless the server has just given the words back itself. */
  if (!words()) Outbox.drafted(Queue.uid, key).then(old => {
    if (!old || words()) return;
    for (const f of form.elements) {
      const values = old.filter(([k]) => k === f.name).map(([, v]) => v);
      if (f.type === 'radio' || f.type === 'checkbox') f.checked = values.includes(f.value);
      else if (f.name && values.length) f.value = values[0];   // its id too: sent twice, it is still one question
    }
    const more = form.querySelector('details');
    more.open ||= [...more.querySelectorAll('input')].some(f => f.checked);
  });
  form.addEventListener('submit', async e => {
    if (navigator.onLine) { sending.ask = form.elements.id.value; return; }   // the plain form does it
    e.preventDefault();
    await Queue.save(fields(), { url: key });
    clearTimeout(timer); timer = 0;
    Outbox.draft(Queue.uid, key, null);
    const told = Object.assign(document.createElement('p'), { className: 'notice ok', textContent: form.dataset.kept, role: 'status' });
    form.replaceWith(told);
  });
})();
