// Measures what the house promises, side by side with a peer in one run, and writes docs/benchmarks.md.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Installation, freePort, root, nep } from '../tests/lib.mjs';

const seconds = Number(process.env.NEP_BENCH_SECONDS ?? 4), rounds = Number(process.env.NEP_BENCH_ROUNDS ?? 3);
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const cpu = (pid) => { const f = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' '); return (Number(f[11]) + Number(f[12])) / 100; };
const rss = (pid) => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
const wrk = (url, ...more) => {
    const text = execFileSync('wrk', ['-t2', '-d', `${seconds}s`, '--latency', ...more, url], { encoding: 'utf8', env: { ...process.env, ...wrk.env } });
    const ms = (label) => { const m = new RegExp(`${label}%\\s+([\\d.]+)(us|ms|s)`).exec(text); return Number(m[1]) * { us: 0.001, ms: 1, s: 1000 }[m[2]]; };
    if (/Non-2xx/.test(text) && !more.includes('-s')) throw new Error(text);
    return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)[1]), p50: ms(50), p99: ms(99) };
};
const out = [];
const say = (line) => { out.push(line); console.log(line); };

const i = new Installation({ residents: 8000, seed: 1 });
const startedAt = process.hrtime.bigint();
await i.serve();
while (!(await fetch(i.url + '/healthz').catch(() => null))?.ok);
const startMs = Number(process.hrtime.bigint() - startedAt) / 1e6;

// --- The catalogue page, against nginx serving the same bytes as a file -------------------------------------
const dir = path.join(i.dir, 'nginx');
fs.mkdirSync(dir, { recursive: true });
const page = Buffer.from(await (await fetch(i.url + '/dich-vu-cong', { headers: { 'accept-encoding': 'identity' } })).arrayBuffer());
fs.writeFileSync(path.join(dir, 'page.html'), page);
const port = await freePort();
fs.chmodSync(i.dir, 0o755);
fs.writeFileSync(path.join(dir, 'nginx.conf'), `worker_processes 2; pid ${dir}/pid; error_log ${dir}/err; daemon off;
events { worker_connections 1024; }
http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; types { text/html html; } open_file_cache max=10;
server { listen 127.0.0.1:${port}; root ${dir}; } }`);
const nginx = spawn('nginx', ['-c', path.join(dir, 'nginx.conf')], { stdio: 'ignore' });
while (!(await fetch(`http://127.0.0.1:${port}/page.html`).catch(() => null))?.ok);
const nginxPids = () => execFileSync('pgrep', ['-P', String(nginx.pid)], { encoding: 'utf8' }).trim().split('\n');
const kinds = {
    'nginx, the same bytes as a file': () => [wrk(`http://127.0.0.1:${port}/page.html`, '-c64'), () => nginxPids().reduce((s, p) => s + cpu(p), 0)],
    'Nếp, rendered anew from the database': () => [wrk(i.url + '/dich-vu-cong', '-c64', '-H', 'Cookie: nep_session=none'), () => cpu(i.child.pid)],
    'Nếp, as served (kept until the next commit)': () => [wrk(i.url + '/dich-vu-cong', '-c64'), () => cpu(i.child.pid)],
};
const seen = Object.fromEntries(Object.keys(kinds).map((k) => [k, []]));
for (let r = 0; r < rounds; r++) {
    for (const [name, run] of Object.entries(kinds)) {
        const used = name.startsWith('nginx') ? () => nginxPids().reduce((s, p) => s + cpu(p), 0) : () => cpu(i.child.pid);
        const before = used();
        const [result] = run();
        seen[name].push({ ...result, cpuUs: (used() - before) / (result.rate * seconds) * 1e6 });
    }
}
const base = median(seen['nginx, the same bytes as a file'].map((x) => x.rate));
say(`## The catalogue page (${page.length} bytes, 64 connections, ${rounds} interleaved rounds of ${seconds} s, medians)\n`);
say('| served by | requests/s | of nginx | CPU a request, µs | p50 ms | p99 ms |\n|---|---|---|---|---|---|');
for (const [name, list] of Object.entries(seen)) {
    const rate = median(list.map((x) => x.rate));
    say(`| ${name} | ${rate.toFixed(0)} | ${(rate / base).toFixed(2)} | ${median(list.map((x) => x.cpuUs)).toFixed(1)} | ${median(list.map((x) => x.p50)).toFixed(2)} | ${median(list.map((x) => x.p99)).toFixed(2)} |`);
}
nginx.kill();

// --- Durable filings, against a bare loop -------------------------------------------------------------------
const jar = new Map();
const visit = async (where, form) => {
    const r = await fetch(i.url + where, { redirect: 'manual', headers: { cookie: [...jar].map(([k, v]) => `${k}=${v}`).join('; '), ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) }, method: form ? 'POST' : 'GET', body: form && new URLSearchParams(form).toString() });
    for (const c of r.headers.getSetCookie()) { const [k, v] = c.split(';')[0].split('='); if (/Max-Age=0/.test(c)) jar.delete(k); else jar.set(k, v); }
    return { r, text: await r.text() };
};
const field = (text, name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)[1];
const phone = i.accounts().resident;
let p = (await visit('/dang-nhap')).text;
await visit('/dang-nhap', { _csrf: field(p, '_csrf'), _once: 'a', phone });
const code = /la (\d{6})/.exec(execFileSync('sqlite3', [path.join(i.data, 'nep.db'), 'SELECT text FROM sms ORDER BY id DESC LIMIT 1'], { encoding: 'utf8' }))[1];
p = (await visit('/dang-nhap/ma')).text;
await visit('/dang-nhap/ma', { _csrf: field(p, '_csrf'), _once: 'b', code });
if (!jar.has('nep_session')) { p = (await visit('/dang-nhap/chon')).text; await visit('/dang-nhap/chon', { _csrf: field(p, '_csrf'), _once: 'c', person: field(p, 'person') }); }
p = (await visit('/nop-ho-so/2.000884')).text;
wrk.env = { NEP_CSRF: field(p, '_csrf'), NEP_COOKIE: [...jar].map(([k, v]) => `${k}=${v}`).join('; ') };
const counts = async () => { const t = await (await fetch(i.url + '/metrics')).text(); return ['writes', 'commits'].map((n) => Number(new RegExp(`nep_store_${n} (\\d+)`).exec(t)[1])); };
const bare = path.join(i.dir, 'bare_loop');
execFileSync('cc', ['-O2', '-o', bare, path.join(root, 'bench/bare_loop.c')]);
const ours = [], loop = [], groups = [];
for (let r = 0; r < rounds; r++) {
    const [w0, c0] = await counts();
    const result = wrk(i.url + '/nop-ho-so/2.000884', '-c32', '-s', path.join(root, 'bench/filing.lua'));
    const [w1, c1] = await counts();
    ours.push(result);
    groups.push(Math.max(1, Math.round((w1 - w0) / (c1 - c0))));
    loop.push(Number(execFileSync(bare, [path.join(i.dir, 'bare'), '212000', String(groups.at(-1)), String(seconds)], { encoding: 'utf8' })));
}
const filed = median(ours.map((x) => x.rate)), bareRate = median(loop);
say(`\n## Durable filings (form, a paper of 200 KB, audit, events; answered after the fsync; 32 clients)\n`);
say('| what | a second | of the bare loop | p50 ms | p99 ms |\n|---|---|---|---|---|');
say(`| a loop that writes the same bytes and syncs once per group of ${median(groups)} | ${bareRate.toFixed(0)} | 1.00 | | |`);
say(`| Nếp, filings answered | ${filed.toFixed(0)} | ${(filed / bareRate).toFixed(2)} | ${median(ours.map((x) => x.p50)).toFixed(1)} | ${median(ours.map((x) => x.p99)).toFixed(1)} |`);
const memory = rss(i.child.pid);
await i.stop();

// --- A million dossiers ------------------------------------------------------------------------------------
const token = i.token('clerk');
const db = path.join(i.data, 'nep.db'), small = fs.statSync(db).size;
spawnSync('sqlite3', [db], { input: fs.readFileSync(path.join(root, 'bench/million.sql')), stdio: ['pipe', 'ignore', 'inherit'] });
execFileSync('sqlite3', [db, 'PRAGMA wal_checkpoint(TRUNCATE)']);
const bytes = (fs.statSync(db).size - small) / 1e6;
await i.serve();
const accounts = i.accounts();
jar.clear();
p = (await visit('/can-bo/dang-nhap')).text;
await visit('/can-bo/dang-nhap', { _csrf: field(p, '_csrf'), _once: 'd', login: 'motcua', password: accounts.motcua, code: i.code('motcua') });
const sample = execFileSync('sqlite3', [db, "SELECT code || '|' || applicant_name FROM dossier WHERE code LIKE 'H99%' ORDER BY random() LIMIT 200"], { encoding: 'utf8' }).trim().split('\n').map((l) => l.split('|'));
const fold = (s) => s.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').replace(/Đ/g, 'D');
const time = async (where) => { const t = performance.now(); const { r } = await visit(where); if (r.status >= 400) throw new Error(`${where}: ${r.status}`); return performance.now() - t; };
const measure = async (name, place) => {
    const list = [];
    for (const [c, n] of sample) list.push(await time(place(c, n)));
    list.sort((a, b) => a - b);
    say(`| ${name} | ${list[Math.floor(list.length * 0.5)].toFixed(1)} | ${list[Math.floor(list.length * 0.99)].toFixed(1)} |`);
};
say(`\n## One million dossiers (embedded database; 200 requests each, one after the other, page included)\n`);
say('| page | p50 ms | p99 ms |\n|---|---|---|');
await measure('desk queue', () => '/can-bo/mot-cua?trang-thai=4');
await measure('look-up by code', (c) => `/api/v1/dossiers/${c}`);
await measure('search by full name without marks', (c, n) => `/can-bo/mot-cua?q=${encodeURIComponent(fold(n))}`);
await measure('search by the commonest family name', () => '/can-bo/mot-cua?q=nguyen');
say(`\n${bytes.toFixed(0)} bytes of database for each dossier, its first event and its search entry included.`);
say(`\n## Start and memory\n\nStart to the first answer, with the demo: ${startMs.toFixed(0)} ms. Resident memory after the loads above: ${memory.toFixed(0)} MiB.`);
void token;
await i.remove();
const cores = fs.readFileSync('/proc/cpuinfo', 'utf8').match(/^processor/gm).length;
fs.writeFileSync(path.join(root, 'docs/benchmarks.md'), `# Benchmarks\n\nMade by \`script/bench\` (${execFileSync(nep, ['version'], { encoding: 'utf8' }).trim()}, ${cores} processors, load and server on the same machine). Ratios are what counts: both sides of each run in the same minutes on the same machine.\n\n${out.join('\n')}\n`);
