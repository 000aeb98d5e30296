/* Reader: care/safety.py on the device, by the same rules. `Reader.load(rules)` once, then `Reader.read(text)`.
   Nothing it reads leaves this file. tests/browser/test_reader.py holds both readers to the same answers. */
{
  let data, books;
  const words = text => text.trim().split(/\s+/).filter(Boolean);
  const sum = lists => lists.flat();
  const meets = (set, list) => list.some(word => set.has(word));

  /* Letters, as in care/reading.py. Text is a list of characters (code points), so that spans agree with Python's. */
  const plainLetter = letter => data.folds[letter] ?? (letter < '\x80' ? letter.toLowerCase()
    : [...letter.normalize('NFKD')].filter(part => !/[\p{Mn}\p{Me}\p{Cf}]/u.test(part))
      .flatMap(part => [...part.toLowerCase()]).map(low => data.folds[low] ?? low).join(''));
  const normalise = text => {
    const out = [];
    [...text].slice(0, data.longest).forEach((letter, at) => { for (const plain of plainLetter(letter)) out.push([plain, at]); });
    return out;
  };
  const joined = pairs => pairs.map(pair => pair[0]).join('');
  /* Positions in a JavaScript string count UTF-16 units; this maps them back to characters. */
  const units = pairs => { const at = []; pairs.forEach(([plain], nth) => { for (let i = 0; i < plain.length; i++) at.push(nth); }); return at; };
  const despace = pairs => {
    const text = joined(pairs), at = units(pairs), gone = new Set();
    for (const run of text.matchAll(new RegExp(data.spaced, 'gu')))
      for (let i = run.index; i < run.index + run[0].length; i++)
        if (' .-_*'.includes(text[i]) && !(text[i] === ' ' && text[i - 1] === ' ' && i > run.index)) gone.add(at[i]);
    return gone.size ? pairs.filter((_, nth) => !gone.has(nth)) : pairs;
  };

  /* Spelling, as in care/spelling.py. */
  const alpha = word => /^[a-z]+$/.test(word);
  const backwards = word => [...word].reverse().join('');
  const oneEdit = (typed, core) => {
    if (Math.abs(typed.length - core.length) > 1) return false;
    let at = 0;
    while (at < Math.min(typed.length, core.length) && typed[at] === core[at]) at++;
    const a = typed.slice(at), b = core.slice(at);
    return a.slice(1) === b.slice(1) || a.slice(1) === b || a === b.slice(1)
      || (a.slice(0, 2) === backwards(b.slice(0, 2)) && a.slice(2) === b.slice(2));
  };
  const starred = (typed, core) => typed.length === core.length && /[^*]/.test(typed) && [...typed].every((sign, i) => sign === '*' || sign === core[i]);
  const parted = (run, book) => {
    const best = [[]];
    for (let end = 1; end <= run.length; end++)
      for (let start = Math.max(0, end - 10); start < end; start++)
        if (best[start] && book.glue.has(run.slice(start, end)) && (!best[end] || best[start].length + 1 < best[end].length))
          best[end] = [...best[start], run.slice(start, end)];
    return (best[run.length] || []).flatMap(word => book.same.get(word) || [word]);
  };
  const resembling = (guess, book) => {
    if (!alpha(guess) || guess.length < 4 || guess.length > 40) return [];
    if (book.core.includes(backwards(guess))) return ['<' + backwards(guess)];
    const near = book.core.find(core => Math.min(guess.length, core.length) > 4 && core.length > 5 && core[0] === guess[0] && oneEdit(guess, core));
    if (near) return [near];
    return guess.length > 4 && book.stems.test(guess) ? parted(guess, book) : [];
  };
  const mend = (word, book) => {
    if (!/[a-z]/.test(word)) return [word];
    const bare = word.replace(/^[*$@|]+|[*$@|]+$/g, ''), guesses = [];
    if (/(.)\1{2,}/.test(word)) guesses.push(word.replace(/(.)\1{2,}/g, '$1$1'), word.replace(/(.)\1+/g, '$1'));
    guesses.push(bare);
    if (!alpha(bare)) {
      guesses.push([...bare].map(sign => data.leet[sign] ?? sign).join(''));
      if (bare.includes('*')) guesses.push(...book.core.filter(core => starred(bare, core)));
    }
    for (const guess of guesses) {
      if (book.same.has(guess)) return book.same.get(guess);
      if (book.known.has(guess)) return [guess];
    }
    const found = resembling(guesses.at(-1), book);
    return found.length ? found : [bare || word];
  };

  /* Clauses and rules, as in care/phrasing.py. */
  const plain = (raw, book) => {
    if (data.emoji[raw]) return [data.emoji[raw]];
    if (raw[0] === '[') return ['x' + raw.slice(1, -1).replaceAll(' ', '')];
    const word = raw.replaceAll("'", '');
    if (book.same.has(word)) return book.same.get(word);
    if (raw.endsWith("'s") && (!book.known.has(word) || book.other.has(raw.slice(0, -2)) || book.general.has(raw.slice(0, -2)))) return [...plain(raw.slice(0, -2), book), 'is'];
    return book.known.has(word) ? [word] : mend(word, book);
  };
  const unmirrored = (clause, book) => {
    if (!clause.words.some(word => word[0] === '<')) return clause;
    const turn = word => word[0] === '<' ? word.slice(1) : book.known.has(backwards(word)) ? backwards(word) : word;
    return { ...clause, words: clause.words.map(turn).reverse(), spans: clause.spans.reverse(), quoted: clause.quoted.reverse() };
  };
  const clauses = (pairs, book) => {
    const text = joined(pairs), at = units(pairs), found = [];
    const open = () => found.push({ words: [], spans: [], quoted: [], humour: false });
    const close = () => { if (found.at(-1).words.length > 1) open(); };
    let quote = '';
    open();
    for (const token of text.matchAll(new RegExp(data.token, 'gu'))) {
      const raw = token[0], i = token.index;
      if (raw === '"' || raw === "'") {
        const opens = raw === '"' || !i || /\s/.test(text[i - 1]);
        quote = raw === quote ? '' : opens && !quote ? raw : quote;
      } else if ('.?!;\n'.includes(raw[0])) close();
      else for (const word of plain(raw, book)) {
        if (book.humour.has(word)) found.at(-1).humour = true;
        else if (!book.drop.has(word)) {
          if (book.breaks.has(word) || found.at(-1).words.length === 80) close();   // LONGEST, care/phrasing.py
          found.at(-1).words.push(word);
          found.at(-1).spans.push([at[i], at[i + raw.length - 1] + 1]);
          found.at(-1).quoted.push(quote !== '');
        }
      }
    }
    return found.filter(clause => clause.words.length || clause.humour).map(clause => unmirrored(clause, book));
  };
  const sentence = list => ` ${list.join(' ')} `;
  /* The least common words of a pattern, one of which must be there for it to match; care/phrasing.py, rarest(). */
  const NEVER = 9999, PART = /\(\?=[^)]*\)|\(\?:|\)(?:\?|\{\d,\d\}\??)?|\|| \[[^\]]*\]\+(?:\[[^\]]*\]\*)?| [a-z0-9&/.]+\??|<\w+>|[^ ]/g;
  const rarest = (source, book) => {
    const parts = source.match(PART) || [];
    let at = 0;
    const cost = word => book.commonest.has(word) ? 60 : book.common.has(word) ? 8 : 1;
    const group = () => {
      const branches = [];
      let best = { cost: NEVER, words: [] };
      const end = () => { branches.push(best); best = { cost: NEVER, words: [] }; };
      const take = one => { if (one.words.length && one.cost < best.cost) best = one; };
      for (; at < parts.length; at++) {
        const part = parts[at];
        if (part[0] === ')') break;
        if (part === '|') end();
        else if (part === '(?:') {
          at++;
          const inner = group();
          if (parts[at] === ')' || parts[at].startsWith('){1')) take(inner);
        } else if (part[0] === '<') take(book.gates[part.slice(1, -1)] ??= rarest(book.slots[part.slice(1, -1)], book));
        else if (part.endsWith('?') && part[0] === ' ') take({ cost: 1, words: [part.slice(1, -1), part.slice(1, -2)] });
        else if (/^ [a-z0-9]/.test(part)) take({ cost: cost(part.slice(1)), words: [part.slice(1)] });
      }
      end();
      if (branches.length === 1) return branches[0];
      return branches.every(one => one.words.length) ? { cost: branches.reduce((all, one) => all + one.cost, 0), words: branches.flatMap(one => one.words) } : { cost: NEVER, words: [] };
    };
    return group();
  };
  const pattern = (line, book) => line.regex ??= new RegExp(expand(line.source, book), 'gu');
  const expand = (source, book) => { while (/<\w+>/.test(source)) source = source.replace(/<(\w+)>/g, (_, slot) => book.slots[slot]); return source; };
  /* What was found in a clause is kept until the next draft: while somebody writes, most clauses stay as they are. */
  const find = (list, book) => {
    const text = sentence(list), kept = book.last.get(text) || [];
    if (!book.last.has(text)) {
      const places = [];
      list.reduce((at, word) => (places.push(at), at + word.length + 1), 0);
      const place = at => { let nth = places.length; while (nth && places[nth - 1] > at) nth--; return nth; };
      const lines = [...new Set(list.flatMap(word => book.tried.get(word) || []))].sort((a, b) => a.nth - b.nth);
      for (const line of lines)
        for (const hit of text.matchAll(pattern(line, book))) kept.push([line.rule, place(hit.index) - 1, place(hit.index + hit[0].length - 1)]);
    }
    book.next.set(text, kept);
    return kept;
  };
  const framed = (list, name, book) => book.frames[name].some(line => { if (!list.some(word => line.gate.has(word))) return false; pattern(line, book).lastIndex = 0; return line.regex.test(sentence(list)); });

  const firstWord = (list, name, book) => {
    const text = sentence(list);
    for (const line of book.frames[name]) {
      pattern(line, book).lastIndex = 0;
      const hit = line.regex.exec(text);
      if (hit) return text.slice(0, hit.index).split(' ').length - 1;
    }
    return -1;
  };

  /* What stands around a match, as in care/context.py. */
  const passage = (pairs, book) => {
    const all = clauses(pairs, book), modifiers = new Set(), { families } = data;
    const frames = all.map(clause => new Set(Object.keys(book.frames).filter(name => framed(clause.words, name, book))));
    const every = new Set(sum(frames.map(one => [...one])));
    const said = (hit, clause) => clause.words.slice(hit.first, hit.last);
    const before = (hit, clause) => clause.words.slice(0, hit.first);
    const anothers = (hit, clause) => {
      if (hit.other || meets(book.mine, said(hit, clause))) return false;
      for (const word of before(hit, clause).reverse()) {
        if (book.mine.has(word) || word === 'else') return false;
        if (book.other.has(word)) return true;
        if (book.general.has(word)) return families.claims.includes(hit.family);
      }
      return false;
    };
    const general = hit => {
      const clause = all[hit.clause];
      for (const word of before(hit, clause).reverse()) {
        if (book.general.has(word)) return !framed(clause.words, 'known', book);
        if (book.other.has(word)) return new RegExp(` (if|when|whether|si|cuando) ${word} `).test(sentence(clause.words));
      }
      return !meets(book.other, clause.words);
    };
    const over = (hit, clause) => meets(book.marks.done, said(hit, clause)) && !framed(clause.words, 'nearly', book);
    const reported = (hit, clause) => {
      const head = before(hit, clause);
      if (!meets(book.other, head)) return false;
      return clause.quoted[hit.first] || (meets(book.marks.reports, head.slice(-4)) && !head.some(word => book.mine.has(word) && word !== 'me'));
    };
    const negated = (hit, { words: list }) => {
      for (let at = hit.first - 1; at > Math.max(-1, hit.first - 9); at--) {
        const word = list[at];
        if (book.marks.negators.has(word) || book.marks.negators.has(`${word}-${list[at + 1]}`)) return true;
        if (word === 'no' && at === hit.first - 1) return !book.mine.has(list[hit.first]);
        if (!book.marks.filler.has(word) && !(word === 'i' && at && book.marks.hinges.has(list[at - 1]))) return false;
      }
      return false;
    };
    const tense = (hit, clause) => {
      const near = clause.words.slice(Math.max(0, hit.first - 3), hit.last);
      if (meets(book.marks.past, near) && !near.includes('wish')) return 'past';
      return meets(book.marks.present, said(hit, clause)) ? 'present' : 'none';
    };
    const past = (hit, clause) => {
      const here = frames[hit.clause], when = tense(hit, clause);
      if (here.has('now')) return false;
      if (!families.tellable.includes(hit.family)) return when === 'past' && here.has('past');
      if (here.has('past') || here.has('recovered')) return when !== 'present';
      return when === 'past' && (every.has('past') || every.has('recovered')) && !every.has('now');
    };
    const fiction = (hit, clause) => {
      const here = frames[hit.clause];
      if ((every.has('fiction') || every.has('game')) && (hit.other || clause.quoted[hit.first])) return true;
      if (families.earnest.includes(hit.family) || (hit.family === 'intent' && here.has('time'))) return false;
      if (here.has('game') || (hit.clause > 0 && frames[hit.clause - 1].has('game'))) return true;
      const at = here.has('fiction') ? firstWord(clause.words, 'fiction', book) : -1;
      return at >= 0 && (at < hit.first || book.marks.inside.has(clause.words.at(at - 1)));
    };
    const personal = clause => meets(book.mine, clause.words) || meets(book.marks.personal, clause.words);
    const info = (hit, clause) => every.has('info') && (clause.quoted[hit.first] || (!hit.other && !personal(clause)));
    const impersonal = hit => !hit.other && families.nameable.includes(hit.family) && (every.has('info') || every.has('fiction')) && !all.some(personal);
    const everyday = (hit, clause) => {
      const here = frames[hit.clause];
      if (families.mocked.includes(hit.family)) return (clause.humour && hit.family !== 'farewell') || ['everyday', 'jest', 'trivial'].some(name => here.has(name));
      return here.has('everyday') && families.hints.includes(hit.family);
    };
    const weakened = (hit, clause) => {
      const here = frames[hit.clause];
      const slight = families.ideas.includes(hit.family) || (hit.family === 'intent' && !here.has('time'));
      if ((here.has('trivial') && slight) || (here.has('game') && hit.family === 'intent') || (clause.humour && hit.family === 'bare' && !here.has('earnest'))) {
        modifiers.add('trivial');
        return { ...hit, capped: true };
      }
      return hit.family === 'farewell' && clause.humour ? { ...hit, family: 'leave' } : hit;
    };
    const modified = (hit, clause) => {
      if (hit.other && (general(hit) || over(hit, clause))) return null;
      if (!hit.other && reported(hit, clause)) hit = { ...hit, other: true };
      for (const [name, cancels] of Object.entries({ subject: anothers, negation: negated, past, fiction, info, impersonal, everyday }))
        if (cancels(hit, clause)) { modifiers.add(name); return null; }
      if (hit.other) modifiers.add('third_person');
      return weakened(hit, clause);
    };
    const kept = (nth, clause, other) => {
      const found = find(clause.words, book).map(([rule, first, last]) => ({ rule, family: book.rules[rule].family, clause: nth, first, last, other, capped: false }));
      const masked = new Set(found.filter(hit => hit.family === 'idiom').flatMap(hit => clause.words.map((_, i) => i).slice(hit.first, hit.last)));
      if (masked.size) modifiers.add('idiom');
      return found.filter(hit => !clause.words.some((_, i) => i >= hit.first && i < hit.last && masked.has(i))).map(hit => modified(hit, clause)).filter(Boolean);
    };
    const swapped = (list, at) => {
      const ends = at + 1 === list.length || book.marks.ends.has(list[at + 1]);
      return (ends && book.swap[list[at] + '.']) || (Object.hasOwn(book.swap, list[at]) ? book.swap[list[at]] : book.mine.has(list[at]) ? '_' : list[at]);
    };
    const hits = sum(all.map((clause, nth) => [
      ...kept(nth, clause, false),
      ...(clause.words.some(word => Object.hasOwn(book.swap, word)) ? kept(nth, { ...clause, words: clause.words.map((_, at) => swapped(clause.words, at)) }, true) : []),
    ]));
    return { all, frames, every, modifiers, hits };
  };

  /* The lattice, as in care/safety.py. */
  const weigh = (hits, { frames, every }) => {
    const free = hits.filter(hit => !hit.capped), { hints, clear } = data.families;
    let said = new Set(free.map(hit => hit.family));
    const any = (...names) => names.some(name => said.has(name));
    if (every.has('everyday') && hints.filter(name => said.has(name)).length === 1 && !any(...clear)) said = new Set([...said].filter(name => !hints.includes(name)));
    const timed = new Set(free.filter(hit => frames[hit.clause].has('time') && said.has(hit.family)).map(hit => hit.family));
    const different = family => new Set(free.filter(hit => hit.family === family).map(hit => hit.rule)).size;
    let tier = Math.max(0, ...[...said].map(family => data.alone[family] ?? 0));
    if (different('weak') > 1 || free.length < hits.length) tier = Math.max(tier, 1);
    const beside = (...but) => [...said].some(name => !but.includes(name));
    if ((any('act') && (timed.has('act') || beside('act', 'means', 'weak', 'strong')))
      || (any('state') && any('act', 'means', 'prep', 'hand', 'farewell', 'sorry', 'leave'))
      || (any('strong') && any('means')) || (said.has('sorry') && said.has('leave')) || ((timed.has('sorry') || timed.has('leave')) && said.size > 1)) tier = Math.max(tier, 2);
    const pressing = () => {
      if (['direct', 'bare', 'intent', 'veiled'].some(name => timed.has(name)) || (any('harm') && any('means'))) return true;
      if (any('prep', 'hand')) return any('direct', 'bare', 'passive', 'intent', 'veiled', 'act', 'sorry', 'leave', 'strong', 'harm', 'state') || different('prep') > 1 || every.has('time');
      if (any('intent') && (every.has('moment') || any('sorry', 'leave', 'means', 'act', 'veiled'))) return true;
      return (any('state') && any('means')) || (any('direct', 'bare', 'intent', 'veiled') && any('sorry', 'leave', 'means'));
    };
    return tier === 2 && pressing() ? 3 : tier;
  };
  /* The second opinion, as in care/weights.py: every sign in a clause, with the words it stands on. */
  const ideas = lists => {
    const whole = new Map(), begun = new Map();
    for (const [idea, text] of Object.entries(lists)) for (const word of idea === 'NOT' ? [] : words(text)) {
      const [kept, key] = word.endsWith('*') ? [begun, word.slice(0, -1)] : [whole, word];
      kept.set(key, [...kept.get(key) || [], idea]);
    }
    const sizes = [...new Set([...begun.keys()].map(word => word.length))].sort((a, b) => a - b);
    const of = word => [...whole.get(word) || [], ...sizes.flatMap(size => word.length >= size && begun.get(word.slice(0, size)) || [])];
    return { negators: new Set(words(lists.NOT)), of };
  };
  const signs = (list, { negators, of }, put) => {
    const all = list.map(of);
    let denied = 0;
    list.forEach((word, at) => {
      const here = all[at], after = list[at + 1];
      put(word, at, at + 1);
      if (word.length > 5) put(`${word.slice(0, 5)}*`, at, at + 1);
      for (const idea of here) put(idea, at, at + 1);
      if (denied > at) for (const one of [word, ...here]) put(`not>${one}`, at, at + 1);
      if (negators.has(word)) denied = at + 5;
      if (after !== undefined) {
        put(`${word} ${after}`, at, at + 2);
        for (const idea of all[at + 1]) put(`${word} ${idea}`, at, at + 2);
        for (const idea of here) put(`${idea} ${after}`, at, at + 2);
        for (let far = at + 2; far < Math.min(at + 4, list.length); far++) put(`${word} .. ${list[far]}`, at, far + 1);
      }
      for (let far = at + 1; far < Math.min(at + 8, list.length); far++)
        for (const idea of here) for (const other of all[far]) put(`${idea} ${other}`, at, far + 1);
    });
  };
  const windows = sizes => {
    const found = [];
    for (let first = 0; first < sizes.length;) {
      let last = first, count = 0;
      while (last < sizes.length && (last === first || count + sizes[last] <= data.weights.window)) count += sizes[last++];
      found.push([first, last]);
      if (last === sizes.length) break;
      let half = count - sizes[first++];
      while (first + 1 < last && 2 * half > count) half -= sizes[first++];
    }
    return found.length ? found : [[0, 0]];
  };
  const opinion = ({ all, frames }, heard, book) => {
    const { both, base } = data.weights.table, get = (table, sign) => Object.hasOwn(table, sign) ? table[sign] : undefined;
    const always = heard.filter(sign => get(both, sign)).map(sign => ({ weights: both[sign], clause: 0, first: 0, last: 0 }));
    const rows = all.map((clause, at) => {
      const row = new Map();
      signs(clause.words, book.ideas, (sign, first, last) => {
        const found = row.has(sign) ? undefined : get(book.weights, sign) ?? get(both, sign);
        if (found) row.set(sign, { weights: found, clause: at, first, last });
      });
      for (const mark of [...[...frames[at]].map(name => `%${name}`), ...(clause.humour ? ['%humour'] : [])]) if (get(both, mark)) row.set(mark, { weights: both[mark], clause: at, first: 0, last: 0 });
      return row;
    });
    const stretches = windows(all.map(clause => clause.words.length)).map(([first, last]) => {
      const found = new Map();
      for (const row of rows.slice(first, last)) for (const [sign, one] of row) if (!found.has(sign)) found.set(sign, one);
      return [...always, ...found.values()];
    });
    const said = base.map((from, head) => stretches.map(list => list.reduce((total, one) => total + one.weights[head], from)));
    const sums = said.map(list => Math.max(...list));
    const reasons = head => {
      const kept = [], order = (a, b) => b.weights[head] - a.weights[head] || a.clause - b.clause || a.first - b.first || a.last - b.last;
      for (const one of stretches[said[head].indexOf(sums[head])].toSorted(order))
        if (one.weights[head] > 0 && one.last > 0 && kept.length < 3 && kept.every(other => one.clause !== other.clause || one.last <= other.first || other.last <= one.first)) kept.push(one);
      return kept;
    };
    return { sums, reasons, tier: 1 + [0, 1, 2].findLastIndex(head => sums[head] >= 0) };
  };

  const reading = (pairs, book) => {
    book.next = new Map();
    const found = passage(pairs, book), { all, hits, modifiers } = found;
    book.last = book.next;
    const mine = weigh(hits.filter(hit => !hit.other), found), theirs = weigh(hits.filter(hit => hit.other), found), ruled = Math.max(mine, theirs);
    const said = new Set(hits.filter(hit => !hit.capped).map(hit => hit.family));
    const count = all.reduce((total, clause) => total + clause.words.length, 0);
    const sizes = data.weights.lengths.filter(size => count >= size).map(size => `@${size}+`);
    const weighed = opinion(found, [...[...said].map(name => `=${name}`), ...[...modifiers].map(name => `@${name}`), ...sizes], book);
    const spoken = ['harm', 'unsafe', 'direct', ...(ruled > 2 ? ['intent', 'bare'] : [])].some(name => said.has(name));
    const firm = theirs > mine || spoken || count < data.weights.enough;
    const doubted = ruled > 1 && weighed.sums[1] < (firm ? data.weights.far : data.weights.table.doubt);
    const calm = ruled === 1 && count >= data.weights.enough && weighed.sums[0] < data.weights.table.calm;   // everyday things
    const settled = doubted ? 1 : calm ? 0 : ruled;
    const most = Math.min(weighed.tier, count < data.weights.long ? 2 : 1);
    const unsure = most === 2 && count < data.weights.few && weighed.sums[1] < data.weights.margin;   // a handful of everyday words
    const near = weighed.sums[2] >= data.weights.table.near;   // the greatest danger: help is offered already then
    const tier = Math.max(settled, unsure ? 1 : most, +near), other = theirs > mine || (!settled && weighed.sums[3] >= 0);
    const humour = all.some(clause => clause.humour);
    if (humour) modifiers.add('humour');
    const match = ({ clause, first, last, rule }) => {
      const spans = all[clause].spans.slice(first, last);
      return { rule: rule === undefined ? `${book.name}.${data.weights.rule}` : book.rules[rule].id, start: pairs[Math.min(...spans.map(one => one[0]))][1], end: pairs[Math.max(...spans.map(one => one[1])) - 1][1] + 1 };
    };
    const matched = [...hits, ...(tier > ruled ? weighed.reasons(weighed.sums[tier - 1] >= 0 ? tier - 1 : 2) : [])].map(match);
    const sure = Math.min(0.95, 0.45 + 0.1 * tier + 0.05 * new Set(matched.map(one => one.rule)).size) - (humour ? 0.2 : 0);
    return {
      tier: data.tiers[tier], rank: tier, about: !tier ? 'none' : other ? 'other' : 'self',
      confidence: tier ? Math.round(sure * 100) / 100 : 0, matched: tier ? matched : [], modifiers: [...modifiers].sort(), version: data.version,
    };
  };
  const bound = list => {
    const same = new Map(Object.entries(list.same).flatMap(([to, typed]) => words(typed).map(word => [word, words(to)])));
    const line = source => ({ source }), core = words(list.core), glue = new Set([...words(list.glue), ...core]);
    const sources = [...Object.values(list.slots), ...sum(list.rules.map(rule => rule[2])), ...sum(Object.values(list.frames))];
    const set = name => new Set(words(list[name]));
    const book = {
      same, core, glue, drop: set('drop'), humour: set('humour'), breaks: set('breaks'), stems: new RegExp(list.stems), slots: list.slots, swap: list.swap, common: set('common'), commonest: set('commonest'),
      mine: new Set(list.person.self), other: new Set(list.person.other), general: new Set(list.person.general),
      marks: Object.fromEntries(Object.entries(list.marks).map(([name, text]) => [name, new Set(words(text))])),
      rules: list.rules.map(([id, family, lines]) => ({ id, family, lines: lines.map(line) })),
      frames: Object.fromEntries(Object.entries(list.frames).map(([name, lines]) => [name, lines.map(line)])), last: new Map(), next: new Map(),
    };
    book.gates = {};
    book.tried = new Map();
    let nth = 0;
    book.rules.forEach((rule, at) => rule.lines.forEach(line => {
      Object.assign(line, { rule: at, nth: nth++ });
      for (const word of new Set(rarest(line.source, book).words)) (book.tried.get(word) || book.tried.set(word, []).get(word)).push(line);
    }));
    for (const line of sum(Object.values(book.frames))) line.gate = new Set(rarest(line.source, book).words);
    book.known = new Set([...sum(sources.map(source => source.match(/[a-z]+/g) || [])), ...same.keys(), ...glue, ...book.drop, ...book.humour, ...book.breaks, ...book.common, ...set('not_typos')]);
    return book;
  };
  self.Reader = {
    load(rules) {
      data = rules;
      books = Object.entries(rules.languages).map(([name, list]) => Object.assign(bound(list), { name, ideas: ideas(rules.weights.ideas[name]), weights: rules.weights.table[name] }));
    },
    read(text) {
      const pairs = despace(normalise(text));
      const graver = (a, b) => a.rank - b.rank || (a.about === 'self') - (b.about === 'self') || a.confidence - b.confidence;
      const said = joined(pairs).match(/[a-z]+/g) || [], counts = books.map(book => said.filter(word => book.common.has(word)).length);
      return books.filter((_, nth) => 2 * counts[nth] >= Math.max(...counts)).map(book => reading(pairs, book)).reduce((best, one) => graver(one, best) > 0 ? one : best);
    },
  };
}
