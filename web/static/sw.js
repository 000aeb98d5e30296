/* Keeps a shell without a person in it, so that Help now, writing and this phone's own entries open with no network. */
importScripts('__OUTBOX__');
const KEPT = 'beside-__BUILD__', SHELL = "__SHELL__";
const kept = async path => (await caches.open(KEPT)).match(path);
const keep = async (path, reply) => {                     // a hotel's sign-in page lacks our policy, and must not become Help now
  if (reply.ok && !reply.redirected && reply.headers.has('Content-Security-Policy')) await (await caches.open(KEPT)).put(path, reply.clone());
  return reply;
};

addEventListener('install', e => e.waitUntil(Promise.all(SHELL.map(async path => {
  const reply = await fetch(await placed(path), { cache: 'reload', redirect: 'error', credentials: path.startsWith('/help') ? 'same-origin' : 'omit' });   // never a signed-in page; Help knows the chosen country and nobody
  await keep(path, reply);
  if (!await kept(path)) throw Error(path);
}))));
addEventListener('activate', e => e.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
  await clients.claim();
})()));
addEventListener('message', e => { if (e.data === 'skip') skipWaiting(); });

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
const instead = async path => await kept(path) || await kept(path.startsWith('/journal') ? '/journal/shell' : '/offline');
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

addEventListener('sync', e => {
  if (e.tag.startsWith('outbox:')) e.waitUntil((async () => {
    const told = await Outbox.drain(e.tag.slice(7));
    for (const page of await clients.matchAll({ includeUncontrolled: true })) page.postMessage(told);
    if (told.why === 'network' || told.why === 'server') throw Error(told.why);
  })());
});
