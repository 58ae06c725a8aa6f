// The search of the portal. It needs no server: search-index.js sets `deskPortal`, a row for each page:
// address, title, place, language, summary, symptoms, words of the body.
'use strict';
(() => {
  const box = document.getElementById('q');

  // `/` leads to the search from anywhere, as people know it from elsewhere.
  document.addEventListener('keydown', (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const link = document.querySelector('a.find');
    if (box) { event.preventDefault(); box.focus(); box.select(); } else if (link) link.click();
  });

  const rows = window.deskPortal;
  const found = document.getElementById('found');
  if (!rows || !found || !box) return;
  // What is said to those without scripts.
  document.getElementById('off').hidden = true;

  // As the words of the index: without case and diacritics.
  const others = { 'ß': 'ss', 'æ': 'ae', 'œ': 'oe', 'ĳ': 'ij', 'ø': 'o', 'ł': 'l', 'đ': 'd', 'ı': 'i' };
  const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
    .replace(/[ßæœĳøłđı]/g, (letter) => others[letter]);
  const split = (text) => fold(text).match(/[\p{L}\p{N}]+/gu) || [];

  // Each word with the pages that have it and what it weighs there.
  const TITLE = 6, SYMPTOM = 4, PLACE = 2, BODY = 1;
  const vocabulary = new Map();
  const add = (word, page, weight) => {
    if (!vocabulary.has(word)) vocabulary.set(word, new Map());
    const pages = vocabulary.get(word);
    pages.set(page, Math.max(weight, pages.get(page) || 0));
  };
  rows.forEach(([, title, place, , , symptoms, body], page) => {
    split(title).forEach((word) => add(word, page, TITLE));
    split(symptoms).forEach((word) => add(word, page, SYMPTOM));
    split(place).forEach((word) => add(word, page, PLACE));
    body.split(' ').filter(Boolean).forEach((word) => add(word, page, BODY));
  });

  // How well a typed word fits one of the index, from 0 to 1: the word itself, its beginning, another ending of it,
  // a part of a compound, or a compound of it.
  const fits = (typed, word) => {
    if (typed === word) return 1;
    if (word.startsWith(typed)) return 0.75 - Math.min(0.25, (word.length - typed.length) * 0.02);
    let same = 0;
    while (same < typed.length && typed[same] === word[same]) same += 1;
    if (same >= 4 && typed.length - same <= 3 && word.length - same <= 3) return 0.6;
    if (typed.length >= 4 && word.includes(typed)) return 0.5;
    if (word.length >= 5 && typed.includes(word)) return 0.45;
    return 0;
  };

  // Groups of three letters that two words share: finds what is mistyped.
  const groups = (word) => {
    const padded = ` ${word} `;
    return new Set(Array.from({ length: padded.length - 2 }, (_, at) => padded.slice(at, at + 3)));
  };
  const alike = (mine, word) => {
    const theirs = groups(word);
    const shared = [...mine].filter((group) => theirs.has(group)).length;
    return (2 * shared) / (mine.size + theirs.size);
  };

  // The pages that a typed word leads to, with how well.
  const pagesOf = (typed) => {
    const pages = new Map();
    let best = 0;
    const take = (rule) => vocabulary.forEach((holders, word) => {
      const fit = rule(word);
      if (fit <= 0) return;
      best = Math.max(best, fit);
      holders.forEach((weight, page) => pages.set(page, Math.max(fit * weight, pages.get(page) || 0)));
    });
    take((word) => fits(typed, word));
    // Nothing has it or begins with it: it may be mistyped.
    if (best <= 0.6 && typed.length >= 3) {
      const mine = groups(typed);
      take((word) => { const score = alike(mine, word); return score >= 0.4 ? score * 0.7 : 0; });
    }
    return pages;
  };

  // How much of a title was typed: of two that have all words, the shorter one is meant.
  const titles = rows.map(([, title]) => new Set(split(title)));
  const covered = (page, typed) => {
    const words = [...titles[page]];
    return words.length ? words.filter((word) => typed.some((one) => fits(one, word) >= 0.6)).length / words.length : 0;
  };

  const search = (text) => {
    const typed = [...new Set(split(text))];
    const scores = new Map();
    typed.forEach((word) => {
      const pages = pagesOf(word);
      // A word that is everywhere says little.
      const says = Math.log(1 + rows.length / (1 + pages.size));
      pages.forEach((score, page) => {
        const [sum, words] = scores.get(page) || [0, 0];
        scores.set(page, [sum + score * says, words + 1]);
      });
    });
    return [...scores].map(([page, [sum, words]]) => [page, sum * (words / typed.length) * (1 + covered(page, typed))])
      .sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 50).map(([page]) => rows[page]);
  };

  const element = (tag, name, text, language) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    made.textContent = text;
    if (language && language !== found.dataset.language) made.lang = language;
    return made;
  };

  const list = document.getElementById('results');
  const count = document.getElementById('count');
  const everything = document.getElementById('everything');
  const show = () => {
    const text = box.value.trim();
    const results = text ? search(text) : [];
    list.replaceChildren(...results.map(([href, title, place, language, about]) => {
      const item = document.createElement('li');
      const link = element('a', '', title, language);
      link.href = href;
      item.append(link, element('span', 'place', place), element('p', 'less', about, language));
      return item;
    }));
    const { one, many, none } = found.dataset;
    const said = results.length === 0 ? none : `${results.length} ${results.length === 1 ? one : many}`;
    count.textContent = text ? said : '';
    everything.hidden = results.length > 0;
  };

  // The address keeps what was searched for, so that Back leads here again; from a disk a browser may refuse that.
  const keep = () => {
    try { history.replaceState(null, '', box.value ? `?q=${encodeURIComponent(box.value)}` : location.pathname); } catch { /* it stays as it was */ }
  };
  let waiting;
  box.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(() => { show(); keep(); }, 120); });
  box.form.addEventListener('submit', (event) => { event.preventDefault(); show(); keep(); });

  // Up and down go through the results.
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const stops = [box, ...list.querySelectorAll('a')];
    const at = stops.indexOf(document.activeElement);
    const next = stops[at + (event.key === 'ArrowDown' ? 1 : -1)];
    if (at < 0 || !next) return;
    event.preventDefault();
    next.focus();
  });

  box.value = new URLSearchParams(location.search).get('q') || '';
  show();
  if (!box.value) box.focus();
})();
