// Bad days: power cuts, hostile clients, two at once, backups while people work.
import { test, before, after, describe } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Installation, filing, nep, root } from '../lib.mjs';

const rounds = Number(process.env.NEP_KILLS ?? 50);

/** Sends raw bytes and gives all that comes back before the connection ends. */
const raw = (port, bytes, { wait = 10000 } = {}) => new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    let got = '';
    socket.setTimeout(wait, () => socket.destroy());
    socket.on('data', (d) => { got += d.toString('latin1'); });
    socket.on('error', () => resolve(got));
    socket.on('close', () => resolve(got));
});

const rss = (pid) => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

describe('power cuts', () => {
    test(`kill -9 in the middle of 500 filings, ${rounds} times`, async () => {
        const i = new Installation({ residents: 20 });
        try {
            const token = i.token('resident');
            const acknowledged = [];
            for (let round = 0; round < rounds; round++) {
                await i.serve();
                let answered = 0;
                const killAt = 1 + Math.floor(Math.random() * 60);
                const jobs = Array.from({ length: 500 }, async (_, n) => {
                    try {
                        const r = await i.api('POST', '/api/v1/dossiers', { token, body: filing(`Người Thứ ${round} ${n}`) });
                        if (r.status === 201) {
                            acknowledged.push(r.body.code);
                            if (++answered === killAt) i.child.kill('SIGKILL');
                        }
                    } catch { /* cut off: not acknowledged */ }
                });
                await Promise.all(jobs);
                await i.stop('SIGKILL');
            }
            assert.ok(acknowledged.length >= rounds);
            await i.serve();
            for (const code of acknowledged) assert.equal((await i.api('GET', `/api/v1/dossiers/${code}`)).status, 200, code);
            await i.stop();
            assert.match(i.run('audit', 'verify'), /chain whole/);
            // None half: each dossier has its first event, each event its dossier.
            const half = execFileSync('sqlite3', [path.join(i.data, 'nep.db'),
                'SELECT (SELECT count(*) FROM dossier d WHERE NOT EXISTS (SELECT 1 FROM dossier_event e WHERE e.dossier_id = d.id)) + (SELECT count(*) FROM dossier_event e WHERE NOT EXISTS (SELECT 1 FROM dossier d WHERE d.id = e.dossier_id));'], { encoding: 'utf8' });
            assert.equal(half.trim(), '0');
        } finally {
            await i.remove();
        }
    });
});

describe('hostile clients', () => {
    let i, clerk;
    before(async () => {
        i = new Installation({ residents: 50 });
        clerk = i.token('clerk');
        await i.serve();
    });
    after(() => i?.remove());

    test('2 GB are refused at once and memory is steady', async () => {
        const start = rss(i.child.pid);
        const head = `POST /api/v1/dossiers/x/papers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${clerk}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 2147483648\r\n\r\n`;
        assert.match(await raw(i.port, head + '--b\r\n'), /^HTTP\/1\.1 413 /);
        assert.ok(rss(i.child.pid) - start < 20000);
    });
    test('10,000 fields, invalid UTF-8, broken escapes', async () => {
        const many = Array.from({ length: 10000 }, (_, n) => `f${n}=1`).join('&');
        const post = (body) => fetch(`${i.url}/dang-nhap`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body, redirect: 'manual' });
        for (const body of [many, 'phone=%ff%fe', 'phone=%zz', 'phone=%00']) {
            const { status } = await post(body);
            assert.ok(status >= 400 && status < 500, `${body.slice(0, 20)}: ${status}`);
        }
        assert.match(await raw(i.port, 'GET /%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 400 /);
        assert.match(await raw(i.port, 'BREW / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 405 /);
    });
    test('other sites can post nothing', async () => {
        const r = await fetch(`${i.url}/dang-nhap`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example' }, body: 'phone=0912345678', redirect: 'manual' });
        assert.equal(r.status, 403);
    });
    test('a zip bomb as .xlsx is told, nothing is imported', async () => {
        const bomb = path.join(i.dir, 'bomb.xlsx');
        execFileSync('python3', ['-c', `import zipfile\nz=zipfile.ZipFile(${JSON.stringify(bomb)},'w',zipfile.ZIP_DEFLATED)\nz.writestr('xl/worksheets/sheet1.xml','<worksheet>'+' '*(200<<20))\nz.close()`]);
        assert.throws(() => i.run('import', 'residents', bomb), /limit/);
    });
    test('security headers stand on every page', async () => {
        for (const where of ['/', '/tra-cuu', '/nope', '/can-bo/dang-nhap']) {
            const { headers } = await fetch(i.url + where);
            assert.match(headers.get('content-security-policy'), /default-src 'none'/, where);
            assert.equal(headers.get('x-content-type-options'), 'nosniff');
        }
    });
    test('a cached page is fresh the moment after a commit', async () => {
        const read = async () => (await fetch(`${i.url}/dich-vu-cong/2.000884`)).text();
        const first = await read();
        assert.equal(await read(), first);
        const list = [{ code: '2.000884', name: 'Tên mới của thủ tục', field: 'Chứng thực', documents: [] }];
        const file = path.join(i.dir, 'p.json');
        fs.writeFileSync(file, JSON.stringify(list));
        // By another process: what it commits is seen when this one next looks.
        await i.stop();
        i.run('import', 'procedures', file);
        await i.serve();
        assert.match(await read(), /Tên mới của thủ tục/);
    });
    test('two clerks on one dossier: one wins', async () => {
        const { code } = (await i.api('POST', '/api/v1/dossiers', { token: clerk, body: filing() })).body;
        const both = await Promise.all([1, 2].map(() => i.api('POST', `/api/v1/dossiers/${code}/moves`, { token: clerk, body: { move: 'receive' } })));
        assert.deepEqual(both.map((r) => r.status).sort(), [200, 409]);
    });
});

describe('a full disk', { skip: process.getuid() !== 0 && 'skipped: only root can mount a small disk' }, () => {
    test('is told, loses nothing acknowledged, and passes without a restart', async (t) => {
        const i = new Installation({ residents: 20 });
        const small = path.join(i.dir, 'small');
        fs.mkdirSync(small);
        try {
            execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', small]);
        } catch {
            await i.remove();
            t.skip('skipped: no tmpfs here');
            return;
        }
        try {
            execFileSync('cp', ['-r', i.data, path.join(small, 'data')]);
            i.data = path.join(small, 'data');
            i.where = ['--data', i.data];
            const token = i.token('resident');
            await i.serve();
            const ballast = path.join(small, 'ballast');
            assert.throws(() => execFileSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4096'], { stdio: 'pipe' }));
            const acknowledged = [];
            let refused = 0;
            for (let n = 0; n < 400 && refused < 3; n++) {
                const r = await i.api('POST', '/api/v1/dossiers', { token, body: filing() });
                if (r.status === 201) acknowledged.push(r.body.code);
                else {
                    refused++;
                    assert.equal(r.status, 507, JSON.stringify(r.body));
                    assert.equal(r.body.code, 'disk_full');
                }
            }
            assert.equal(refused, 3);
            assert.equal((await fetch(`${i.url}/dich-vu-cong`)).status, 200, 'reading goes on');
            fs.rmSync(ballast);
            const again = await i.api('POST', '/api/v1/dossiers', { token, body: filing() });
            assert.equal(again.status, 201, JSON.stringify(again.body));
            for (const code of [...acknowledged, again.body.code]) assert.equal((await i.api('GET', `/api/v1/dossiers/${code}`)).status, 200);
            await i.stop();
            assert.match(i.run('audit', 'verify'), /chain whole/);
        } finally {
            await i.stop('SIGKILL');
            execFileSync('umount', [small]);
            await i.remove();
        }
    });
});

describe('a real installation', () => {
    test('is set up by commands, and its first dossier is received', async () => {
        const i = Object.create(Installation.prototype);
        i.dir = fs.mkdtempSync('/tmp/nep-real-');
        i.data = path.join(i.dir, 'data');
        i.where = ['--data', i.data];
        try {
            assert.match(i.run('migrate', '--dry-run'), /pending people\/0001/);
            i.run('migrate');
            i.run('commune', 'add', 'xã Nghĩa Hưng', '--code', '13891', '--agency-code', 'H42.14.20', '--hamlets', '3');
            i.run('import', 'procedures', path.join(root, 'data/procedures.json'));
            execFileSync(nep, ['user', 'add', 'lan', '--role', 'clerk', ...i.where], { input: 'mot mat khau dai\n', stdio: ['pipe', 'pipe', 'pipe'] });
            assert.throws(() => execFileSync(nep, ['user', 'add', 'hoa', ...i.where], { input: 'ngan\n', stdio: ['pipe', 'pipe', 'pipe'] }));
            const token = i.token('clerk');
            await i.serve();
            const { code } = (await i.api('POST', '/api/v1/dossiers', { token, body: filing() })).body;
            const received = await i.api('POST', `/api/v1/dossiers/${code}/moves`, { token, body: { move: 'receive' } });
            assert.match(received.body.code, /^H42\.14\.20-/);
            const csv = path.join(i.dir, 'people.csv');
            fs.writeFileSync(csv, 'Họ và tên,Ngày sinh,Xóm,Số định danh\nTrần Thị Lúa,29/02/2000,Xóm 1,036300000001\nLê Văn Nước,31/02/1990,Xóm 9,12\n');
            assert.throws(() => i.run('import', 'residents', csv), (e) => /line 3, Ngày sinh/.test(e.stderr) && /line 3, Số định danh/.test(e.stderr) && /1 bad/.test(e.stdout) && /0 added/.test(e.stdout));
            assert.throws(() => i.run('import', 'residents', csv, '--take-good'), (e) => /1 added/.test(e.stdout));
        } finally {
            await i.remove();
        }
    });
});

describe('time', () => {
    test('a slow client holds up nobody, and a stop finishes what is under way', async () => {
        const i = new Installation({ residents: 50 });
        try {
            const token = i.token('clerk');
            await i.serve();
            const dribble = net.connect(i.port, '127.0.0.1', () => dribble.write('GET / HT'));
            dribble.on('error', () => {});
            const many = await Promise.all(Array.from({ length: 50 }, () => i.api('POST', '/api/v1/dossiers', { token, body: filing() })));
            assert.ok(many.every((r) => r.status === 201));
            const { code } = many[0].body;
            await i.api('POST', `/api/v1/dossiers/${code}/moves`, { token, body: { move: 'receive' } });
            await i.api('POST', `/api/v1/dossiers/${code}/moves`, { token, body: { move: 'hand_over' } });
            // Drawing the result takes a moment: the stop must wait for it.
            const slow = i.api('POST', `/api/v1/dossiers/${code}/moves`, { token, body: { move: 'resolve' } });
            const seen = async () => (await fetch(`${i.url}/metrics`)).ok;
            assert.ok(await seen());
            i.child.kill('SIGTERM');
            assert.equal((await slow).body.state, 9);
            dribble.destroy();
            await i.stop();
        } finally {
            await i.remove();
        }
    });
});

describe('backup', () => {
    test('under load, restored into a consistent commune', async () => {
        const i = new Installation({ residents: 50 });
        try {
            const token = i.token('resident');
            await i.serve();
            let busy = true;
            const load = Promise.all(Array.from({ length: 8 }, async () => {
                while (busy) await i.api('POST', '/api/v1/dossiers', { token, body: filing() });
            }));
            const archive = path.join(i.dir, 'backup.tar'), copy = path.join(i.dir, 'copy');
            i.run('backup', archive);
            busy = false;
            await load;
            execFileSync(nep, ['restore', archive, '--data', copy], { encoding: 'utf8' });
            assert.match(execFileSync(nep, ['audit', 'verify', '--data', copy], { encoding: 'utf8' }), /chain whole/);
            const text = fs.readFileSync(archive);
            text[4096] ^= 1;
            fs.writeFileSync(archive, text);
            assert.throws(() => execFileSync(nep, ['restore', archive, '--data', path.join(i.dir, 'copy2')], { stdio: 'pipe' }));
        } finally {
            await i.remove();
        }
    });
    test('a demo of the same seed is the same to the byte', () => {
        const [a, b] = [1, 2].map(() => new Installation({ residents: 100, seed: 3 }));
        assert.ok(fs.readFileSync(path.join(a.data, 'nep.db')).equals(fs.readFileSync(path.join(b.data, 'nep.db'))));
        a.remove();
        b.remove();
    });
    test('commands say how they are used', () => {
        for (const words of [['--help'], ['serve', '--help'], ['due', '--help'], ['manual'], ['completion']]) assert.ok(execFileSync(nep, words, { encoding: 'utf8' }).length > 100);
        assert.equal(execFileSync(nep, ['due', '--received', '2026-11-23T09:15', '--term', '3wd'], { encoding: 'utf8' }).trim(), '2026-11-27T09:15');
        for (const words of [['nonsense'], ['due', '--term', 'x', '--received', '2026-11-23T09:15'], ['serve', '--nonsense']]) {
            try {
                execFileSync(nep, words, { stdio: 'pipe' });
                assert.fail('it should have been refused');
            } catch (e) {
                assert.equal(e.status, 2, words.join(' '));
            }
        }
    });
});
