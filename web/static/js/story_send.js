/* After the preview: a story goes through the outbox, so that neither a lost line nor a second tap loses or doubles it.
   What the server wants to say about it (a refusal, a limit) is left to the plain form. */
(() => {
  const form = document.querySelector('form[data-send]'), sent = document.querySelector('[data-sent]')?.dataset.sent.split(' ');
  const forget = async (key, ids) => {                    // not a draft that was begun since
    const draft = await Outbox.drafted(Queue.uid, key);
    if (draft?.some(([k, v]) => k === 'id' && ids.includes(v))) await Outbox.draft(Queue.uid, key, null);
  };
  if (sent) for (const key of ['story', ...sent.map(id => `story ${id}`)]) forget(key, sent);
  if (!form || !self.isSecureContext || Queue.uid === 'phone') return;
  let going = false;
  const arrived = (id, ms) => new Promise(ok => {
    const heard = e => { if (e.detail.why || e.detail.bad || e.detail.sent?.some(one => one.id === id)) done(e.detail); };
    const done = told => { removeEventListener('outbox-told', heard); ok(told); };
    addEventListener('outbox-told', heard);
    setTimeout(done, ms, { why: 'network' });
  });
  const plain = what => {
    const input = Object.assign(document.createElement('input'), { type: 'hidden', name: 'do', value: what });
    form.append(input); form.submit(); input.remove();
    going = false;
  };
  form.addEventListener('submit', async e => {
    const what = e.submitter?.value;
    if (going) return e.preventDefault();
    if (what !== 'send' && what !== 'private') return;
    e.preventDefault();
    going = true;
    const { value: id } = form.elements.id, url = form.getAttribute('action'), answer = arrived(id, 11000);
    try { await Queue.save([...new FormData(form), ['do', what]], { url }); }
    catch { return plain(what); }                         // no store on this phone
    const told = navigator.onLine ? await answer : { why: 'network' };
    if (told.sent?.some(one => one.id === id) || !(await Outbox.all(Queue.uid)).some(entry => entry.id === id)) return location.assign(`/stories/sent/${id}`);
    if (told.why !== 'network' && told.why !== 'hidden') { await Outbox.del(Queue.uid, id); return plain(what); }
    await forget(form.dataset.send, [id]);
    form.hidden = true;
    const waits = document.querySelector('[data-waits]');
    waits.hidden = false;
    waits.scrollIntoView({ block: 'center' });
    addEventListener('outbox-told', ({ detail }) => { if (detail.sent?.some(one => one.id === id)) location.assign(`/stories/sent/${id}`); });
  });
})();
