/* Keeps a shell without a person in it, so that Help now, writing and this phone's own entries open with no network. */
importScripts('__OUTBOX__');
const KEPT = 'beside-__BUILD__', SHELL = "__SHELL__", LATER = "__LATER__";
const kept = async path => (await caches.open(KEPT)).match(path);
const keep = async (path, reply) => {                     // a hotel's sign-in page lacks our policy, and must not become Help now
  if (reply.ok && !reply.redirected && reply.headers.has('Content-Security-Policy')) await (await caches.open(KEPT)).put(path, reply.clone());
  return reply;
};

const take = paths => Promise.all(paths.map(async path => {
  const reply = await fetch(await placed(path), { cache: 'reload', redirect: 'error', credentials: path.startsWith('/help') ? 'same-origin' : 'omit' });   // never a signed-in page; Help knows the chosen country and nobody
  await keep(path, reply);
  if (!await kept(path)) throw Error(path);
}));
/* A phone that writes or keeps stories carries what that needs, from one version to the next. */
addEventListener('install', e => e.waitUntil((async () => { await take(SHELL); if (await caches.match(LATER[0])) await take(LATER).catch(() => {}); })()));
addEventListener('activate', e => e.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
  await clients.claim();
})()));
addEventListener('message', e => {
  if (e.data === 'skip') skipWaiting();
  if (e.data === 'stories') e.waitUntil(kept(LATER[0]).then(there => there || take([...LATER].reverse())).catch(() => {}));   // the pages last: they say that all is there
});

/* Help first from the phone, then freshened. A chosen country becomes this phone's own Help now,
   and stays it: the kept page knows its own address. */
const own = async () => { const { pathname } = new URL((await caches.match('/help'))?.url || '/help', location); return pathname; };
const PLACED = ['/help', '/help/now', '/help/someone'];   // what is kept of these is that of the chosen country
const placed = async path => PLACED.includes(path) ? path + (await own()).slice(5) : path;
const help = async (e, url) => {
  const asked = url.searchParams.get('country'), path = asked ? `/help/in/${encodeURIComponent(asked.toLowerCase())}` : url.pathname;
  const fresh = (async () => {
    const reply = await keep(path, await fetch(await placed(path), { credentials: 'same-origin' }));
    if (!path.startsWith('/help/in/')) return reply;
    await keep('/help', reply);
    for (const page of PLACED.slice(1)) e.waitUntil(placed(page).then(at => fetch(at, { credentials: 'same-origin' })).then(r => keep(page, r)).catch(() => {}));
    return reply;
  })();
  e.waitUntil(fresh.catch(() => {}));
  return await kept(path) || fresh.catch(async () => await kept(path.startsWith('/help/in/') ? '/help/world' : '/help') || Response.error());
};
const stories = path => !path.startsWith('/stories') ? undefined : kept(path === '/stories/write' ? LATER[0] : LATER[1]);
const instead = async path => await kept(path) || await stories(path) || await kept(/^\/report\/(person\/)?[0-9a-f-]{36}$/.test(path) ? '/report/blank' : path.startsWith('/journal/write') ? '/journal/write/note' : path.startsWith('/journal') ? '/journal/shell' : '/offline') || await kept('/offline');
const visit = async (e, path) => {
  const net = fetch(e.request);
  net.catch(() => {});
  try {
    const reply = await Promise.race([net, new Promise((_, no) => setTimeout(no, 4000))]);
    if (reply.status < 502 || reply.status > 504) return reply;
  } catch {}
  return await instead(path) || net;
};
addEventListener('fetch', e => {
  const url = new URL(e.request.url), { origin, pathname } = url;
  if (e.request.method !== 'GET' || origin !== location.origin) return;
  if (e.request.mode === 'navigate') e.respondWith(pathname === '/help' || pathname.startsWith('/help/') ? help(e, url) : visit(e, pathname));
  else if (pathname.startsWith('/static/')) e.respondWith((async () => await kept(pathname) || fetch(e.request).then(r => keep(pathname, r)))());
});

const drain = async uid => {
  const told = await Outbox.drain(uid);
  for (const page of await clients.matchAll({ includeUncontrolled: true })) page.postMessage(told);
  if (told.why === 'network' || told.why === 'server') throw Error(told.why);
};
addEventListener('sync', e => { if (e.tag.startsWith('outbox:')) e.waitUntil(drain(e.tag.slice(7))); });

/* Push. Whatever comes, something neutral is shown: a browser that shows nothing loses the right to be told. */
const read = data => {
  const { title, body, lang, tag, navigate, app_badge, actions = [] } = data.json().notification;
  return { title, badge: +app_badge || 0, how: { body, lang, tag, icon: '/favicon.ico', data: { navigate, at: Date.now() },
    actions: actions.map(({ action, title }) => ({ action, title })) } };
};
addEventListener('push', e => e.waitUntil((async () => {
  let told = { title: 'Beside', how: { tag: 'note' } };
  try { told = read(e.data); } catch {}
  try {                                                   // the same twice stays silent; yesterday's makes room, or today's would be silent
    for (const old of await registration.getNotifications({ tag: told.how.tag })) if (old.data?.at < Date.now() - 6e5) old.close();
    await registration.showNotification(told.title || 'Beside', told.how);
  } catch { await registration.showNotification('Beside', { tag: 'note' }); }
  if (told.badge !== undefined) await navigator.setAppBadge?.(told.badge).catch(() => {});
})()));
/* A button keeps a check-in for the person who said yes on this phone (js/reach.js), by the same outbox, with nothing opened. */
const keepMood = async mood => {
  const { uid } = await Outbox.drafted('push', 'whose'), id = crypto.randomUUID(), at = new Date().toISOString();
  const tz = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  await Outbox.put(uid, { id, fields: Object.entries({ id, mood, tz, felt_at: at, edited_at: at }) });
  await drain(uid).catch(() => registration.sync?.register(`outbox:${uid}`)).catch(() => {});
};
const show = async to => {
  const asked = new URL(to || '/journal/new', location), url = asked.origin === location.origin ? asked : new URL('/journal/new', location);
  const open = (await clients.matchAll({ type: 'window', includeUncontrolled: true })).find(page => new URL(page.url).pathname === url.pathname);
  return open ? open.focus() : clients.openWindow(url.href);
};
addEventListener('notificationclick', e => {
  e.notification.close();
  const [, mood] = /^mood-([1-5])$/.exec(e.action) ?? [];
  e.waitUntil(mood ? keepMood(mood).catch(() => show()) : show(e.notification.data?.navigate));
});
addEventListener('pushsubscriptionchange', e => e.waitUntil((async () => {
  const mine = await Outbox.drafted('push', 'whose');
  if (!mine) return;
  const sub = e.newSubscription ?? await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: mine.key });
  const { endpoint, keys } = sub.toJSON();
  const reply = await fetch('/reminders/phone', { method: 'POST', headers: { 'X-Uid': mine.uid }, body: new URLSearchParams({ endpoint, ...keys, yes: mine.yes }) });
  if (reply.ok) await Outbox.draft('push', 'whose', { ...mine, endpoint });
})()));
