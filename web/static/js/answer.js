/* form[data-answer]: openers start the box, what is typed stays on this phone, and with no line it waits to be sent. */
(() => {
  const form = document.querySelector('form[data-answer]');
  const sending = (() => { try { return sessionStorage; } catch { return {}; } })();
  /* The server has what this tab sent: only now is the draft let go. A link from elsewhere lets nothing go. */
  const [id, at] = (sending.answer || '').split(' ');
  if (id && id === new URLSearchParams(location.search).get('sent')) {
    Outbox.draft(Queue.uid, at, null);
    delete sending.answer;   // what is typed after it on the same page is another draft
  }
  if (!form) return;
  const area = form.elements.text, key = new URL(form.action).pathname;
  form.querySelectorAll('[data-opener]').forEach(b => {
    b.hidden = false;
    b.onclick = () => { area.value = b.textContent.replace(/…$/, ' ') + area.value; area.focus(); changed(); };
  });
  form.querySelectorAll('[data-opener-text]').forEach(s => { s.hidden = true; });
  let timer;
  const keep = () => Outbox.draft(Queue.uid, key, area.value ? [['text', area.value], ['id', form.elements.id.value]] : null);
  /* Other words are another answer, whatever became of the first. */
  const changed = () => { form.elements.id.value = ''; clearTimeout(timer); timer = setTimeout(keep, 300); };
  area.addEventListener('input', changed);
  addEventListener('pagehide', () => { if (timer) keep(); });
  /* What was typed last time is there again, unless the server has just given the words back itself. */
  if (!area.value) Outbox.drafted(Queue.uid, key).then(fields => { if (fields && !area.value) [[, area.value], [, form.elements.id.value] = [0, '']] = fields; });
  form.addEventListener('submit', async e => {
    if (!form.elements.id.value) form.elements.id.value = crypto.randomUUID();   // a second tap is the same answer
    if (navigator.onLine) { clearTimeout(timer); timer = 0; sending.answer = `${form.elements.id.value} ${key}`; keep(); return; }
    e.preventDefault();
    if (!area.value.trim()) return;
    await Queue.save([...new FormData(form)], { url: new URL(form.action).pathname });
    Outbox.draft(Queue.uid, key, null);
    const told = Object.assign(document.createElement('p'), { className: 'notice ok', textContent: form.dataset.kept, role: 'status', tabIndex: -1 });
    form.replaceWith(told);
    told.focus();   // the box it stood in is gone
  });
})();
