/* form[data-outbox]: a tap on a sky is already saved; everything after it amends the same entry. */
(() => {
  const bound = new WeakSet();
  const bind = form => {
    if (bound.has(form)) return;
    bound.add(form);
    const quick = form.hasAttribute('data-quick'), after = form.querySelector('.after'), said = after?.querySelector('[role=status]');
    const key = `${form.getAttribute('action')} ${location.pathname}`;
    let timer, kept = false;
    const long = () => [...form.querySelectorAll('textarea[data-most]')].find(a => [...a.value.replace(/\r\n/g, '\n')].length > a.dataset.most);
    const fits = () => {
      const area = long();
      form.querySelectorAll('textarea[data-most]').forEach(a => a.setCustomValidity(a === area ? a.dataset.tooLong : ''));
      return !area || (form.reportValidity(), false);
    };
    const keep = hold => Queue.save(Queue.fieldsOf(form), { url: form.dataset.url, hold }).then(() => {
      kept = true;
      Outbox.draft(Queue.uid, key, null);
      if (said) { said.textContent = form.dataset.saved; after.hidden = false; }
      const more = form.querySelector('[data-add]');
      if (more) more.hash = new URLSearchParams([...new FormData(form)].filter(([k]) => ['id', 'mood', 'felt_at', 'tz'].includes(k)));
    });
    form.addEventListener('change', e => { if (quick && e.target.name === 'mood') keep(0).catch(() => {}); });
    form.addEventListener('input', e => {
      clearTimeout(timer);
      timer = setTimeout(() => {                          // held back from sending while the person is still writing
        if (kept && !long()) keep(Date.now() + 60000).catch(() => {});
        else if (!kept) Outbox.draft(Queue.uid, key, [...new FormData(form)].filter(([k, v]) => v && typeof v === 'string'));
      }, e.target.name === 'mood' ? 0 : 300);
    });
    addEventListener('pagehide', () => { if (kept && timer && !long()) keep(0).catch(() => {}); });
    form.addEventListener('click', e => {
      if (!e.target.closest('[data-undo]')) return;
      const id = form.elements.id.value;
      kept = false; form.reset(); form.elements.id.value = form.elements.felt_at.value = '';
      Outbox.del(Queue.uid, id).then(() => { if (Queue.uid !== 'phone') return Queue.save([['id', `undo-${id}`]], { url: `/journal/${id}/remove` }); })
        .finally(() => { said.textContent = form.dataset.undone; dispatchEvent(new Event('outbox')); });
    });
    form.sendNow = async () => {
      clearTimeout(timer); timer = 0;
      if (!fits()) return;
      await keep(0);
      const done = Queue.drain();
      await Promise.race([done, new Promise(ok => setTimeout(ok, 1500))]);
      location.assign(`/journal#e-${form.elements.id.value}`);
    };
    const given = new URLSearchParams(location.hash.slice(1));
    const fill = pairs => {
      for (const f of form.elements) {
        const values = pairs.filter(([k]) => k === f.name).map(([, v]) => v);
        if (f.type === 'radio' || f.type === 'checkbox') f.checked = values.includes(f.value) || (f.checked && !values.length);
        else if (values.length && f.name) f.value = values.shift();
      }
      return pairs.length;
    };
    if (given.has('id') && location.pathname === '/journal/new') { fill([...given]); kept = true; }
    else if (!quick || location.pathname !== '/') Outbox.drafted(Queue.uid, key).then(d => { if (d && fill(d)) form.querySelector('[data-kept]')?.removeAttribute('hidden'); });
  };
  addEventListener('submit', e => {                       // capture: before htmx or the browser send it
    if (!e.target.matches?.('form[data-outbox]')) return;
    e.preventDefault(); e.stopImmediatePropagation();
    bind(e.target); e.target.sendNow().catch(() => {});
  }, true);
  addEventListener('DOMContentLoaded', () => document.querySelectorAll('form[data-outbox]').forEach(bind));
})();
