/* Whom this browser is told for. It is kept where the worker can read it too, as the draft `whose` of the person `push`,
   and told to the server anew on each opening: browsers drop and renew a subscription without a word. */
(() => {
  const possible = self.isSecureContext && 'serviceWorker' in navigator && 'PushManager' in self && 'Notification' in self;
  const whose = () => Outbox.drafted('push', 'whose');
  const manager = async () => (await navigator.serviceWorker.ready).pushManager;
  const forget = () => Outbox.wipe('push');
  const post = (path, fields) => fetch(path, {
    method: 'POST', headers: { 'X-Uid': Queue.uid }, body: new URLSearchParams(fields), cache: 'no-store', signal: AbortSignal.timeout(10000),
  });

  const subscribe = async key => {
    const pushes = await manager(), ask = () => pushes.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    try { return await ask(); } catch (x) {               // one made with another key stands in the way
      const old = await pushes.getSubscription();
      if (!old) throw x;
      await old.unsubscribe();
      return ask();
    }
  };
  /* `yes` is what the server called this person's consent: with it a phone only comes back, without it it says yes anew. */
  const tell = async (sub, key, yes) => {
    const { endpoint, keys } = sub.toJSON();
    const reply = await post('/reminders/phone', { endpoint, ...keys, yes });
    if (reply.ok) return Outbox.draft('push', 'whose', { uid: Queue.uid, endpoint, key, yes: await reply.text() });
    if (reply.status === 410 || reply.status === 422) { await sub.unsubscribe(); await forget(); }
    throw Error(reply.status);
  };

  const begin = async key => tell(await subscribe(key), key, '');
  const on = async () => {
    const sub = await (await manager()).getSubscription(), mine = await whose();
    return !!sub && mine?.uid === Queue.uid && mine.endpoint === sub.endpoint;
  };
  const drop = async () => {                              // silent even if the server is not told: the push service tells it
    const sub = await (await manager()).getSubscription();
    await forget();
    await sub?.unsubscribe();
    return sub?.endpoint;
  };
  const end = async () => { const endpoint = await drop(); if (endpoint) await post('/reminders/phone/forget', { endpoint }).catch(() => {}); };

  const opened = async () => {
    navigator.clearAppBadge?.().catch(() => {});
    if (!possible || Notification.permission !== 'granted') return;
    if (!Queue.signedIn) { sessionStorage.removeItem('reached'); return; }
    const mine = await whose();
    if (mine?.uid !== Queue.uid) return;                  // somebody else said yes here, not this person
    const sub = await (await manager()).getSubscription() || await subscribe(mine.key);
    const now = `${sub.endpoint} ${new Date().toDateString()}`;
    if (sessionStorage.reached === now) return;
    await tell(sub, mine.key, mine.yes);
    sessionStorage.reached = now;
  };
  addEventListener('pageshow', () => { opened().catch(() => {}); });
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') opened().catch(() => {}); });
  self.Reach = { possible, begin, end, drop, on, post };
})();
