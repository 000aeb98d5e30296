/* Keeps a shell without a person in it, so that Help now, writing and this phone's own entries open with no network. */
importScripts('__OUTBOX__');
const KEPT = 'beside-__BUILD__', SHELL = "__SHELL__";
const kept = async path => (await caches.open(KEPT)).match(path);
const keep = async (path, reply) => {
  if (reply.ok && !reply.redirected && reply.type === 'basic') await (await caches.open(KEPT)).put(path, reply.clone());
  return reply;
};

addEventListener('install', e => e.waitUntil(Promise.all(SHELL.map(async path => {
  const reply = await fetch(path, { cache: 'reload', credentials: 'omit', redirect: 'error' });   // never a signed-in page
  if (!reply.ok) throw Error(path);
  await (await caches.open(KEPT)).put(path, reply);
}))));
addEventListener('activate', e => e.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
  await clients.claim();
})()));
addEventListener('message', e => { if (e.data === 'skip') skipWaiting(); });

/* Help first from the phone, then freshened; a chosen country becomes this phone's own Help now. */
const help = async (e, path) => {
  const fresh = fetch(path, { credentials: 'omit' }).then(r => keep(path, r)).then(r => path.startsWith('/help/in/') ? keep('/help', r) : r);
  e.waitUntil(fresh.catch(() => {}));
  return await kept(path) || fresh.catch(() => kept('/help'));
};
const instead = path => path === '/journal/new' || path === '/journal/write' ? path : path.startsWith('/journal') ? '/journal/shell' : path === '/away' ? path : '/offline';
const visit = async (e, path) => {
  const net = fetch(e.request);
  net.catch(() => {});
  try {
    const reply = await Promise.race([net, new Promise((_, no) => setTimeout(no, 4000))]);
    if (reply.status < 502 || reply.status > 504) return reply;
  } catch {}
  return await kept(instead(path)) || net;
};
addEventListener('fetch', e => {
  const { origin, pathname } = new URL(e.request.url);
  if (e.request.method !== 'GET' || origin !== location.origin) return;
  if (e.request.mode === 'navigate') e.respondWith(pathname === '/help' || pathname.startsWith('/help/') ? help(e, pathname) : visit(e, pathname));
  else if (pathname.startsWith('/static/')) e.respondWith((async () => await kept(pathname) || fetch(e.request).then(r => keep(pathname, r)))());
});

addEventListener('sync', e => {
  if (e.tag.startsWith('outbox:')) e.waitUntil((async () => {
    const told = await Outbox.drain(e.tag.slice(7));
    for (const page of await clients.matchAll({ includeUncontrolled: true })) page.postMessage(told);
    if (told.why === 'network' || told.why === 'server') throw Error(told.why);
  })());
});
