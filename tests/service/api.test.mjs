// The machine interface: what others' programs rely on, on both databases.
import { test, before, after, describe } from 'node:test';
import assert from 'node:assert/strict';
import { Installation, filing, databasesToTest } from '../lib.mjs';

for (const postgresql of databasesToTest) {
    describe(`API on ${postgresql ? 'PostgreSQL' : 'SQLite'}`, () => {
        let i, clerk, leader, resident;
        before(async () => {
            i = new Installation({ postgresql });
            [clerk, leader, resident] = ['clerk', 'leader', 'resident'].map((r) => i.token(r));
            await i.serve();
        });
        after(() => i?.remove());

        const file = async (body = filing(), headers = {}) => i.api('POST', '/api/v1/dossiers', { token: resident, body, headers });
        const move = (code, name, note, token = clerk) => i.api('POST', `/api/v1/dossiers/${code}/moves`, { token, body: { move: name, note } });

        test('health, catalogue, forms', async () => {
            assert.equal((await i.api('GET', '/healthz')).body.status, 'ok');
            const seen = new Set();
            for (let next = '/api/v1/procedures?limit=100'; next;) {
                const page = (await i.api('GET', next)).body;
                page.items.forEach((p) => seen.add(p.code));
                next = page.next;
            }
            assert.equal(seen.size, 329);
            const birth = (await i.api('GET', '/api/v1/procedures/1.001193')).body;
            assert.equal(birth.form.id, 'khai-sinh');
            assert.ok(birth.form.fields.some((f) => f.name === 'child_name' && f.required));
            const general = (await i.api('GET', '/api/v1/procedures/2.000884')).body.form;
            assert.equal(general.id, 'general');
            assert.deepEqual(general.fields.filter((f) => f.required).map((f) => f.name), ['request']);
            assert.equal((await i.api('GET', '/api/v1/procedures/9.999999')).status, 404);
        });

        test('a dossier goes its whole way', async () => {
            const filed = await file();
            assert.equal(filed.status, 201);
            assert.equal(filed.body.state, 1);
            const provisional = filed.body.code;
            const received = await move(provisional, 'receive');
            assert.equal(received.status, 200, JSON.stringify(received));
            assert.equal(received.body.state, 2);
            assert.match(received.body.code, /^H40\.14\.20-\d{6}-\d{4,}$/);
            assert.ok(received.body.due_at);
            const { code } = received.body;
            assert.equal((await i.api('GET', `/api/v1/dossiers/${provisional}`)).body.code, code);
            assert.equal((await move(code, 'ask_supplement', 'Thiếu trang 2')).body.state, 5);
            assert.equal((await move(code, 'supplement')).body.state, 4);
            assert.equal((await move(code, 'ask_supplement', 'Lần hai')).status, 409);
            const resolved = await move(code, 'resolve');
            assert.equal(resolved.body.state, 9, JSON.stringify(resolved));
            assert.equal((await move(code, 'return')).body.state, 10);
            assert.equal((await move(code, 'return')).status, 409);
        });

        test('a repeat gives the same answer, a changed repeat is refused', async () => {
            const body = filing();
            const key = { 'idempotency-key': 'k-1' };
            const [a, b] = await Promise.all([file(body, key), file(body, key)]);
            assert.equal(a.body.code, b.body.code);
            assert.equal((await file({ ...body, answers: { request: 'khác' } }, key)).status, 409);
        });

        test('roles and states are enforced', async () => {
            const { code } = (await file()).body;
            assert.equal((await move(code, 'receive', '', resident)).status, 403);
            assert.equal((await move(code, 'stop', 'x', clerk)).status, 403);
            assert.equal((await i.api('POST', `/api/v1/dossiers/${code}/moves`, { body: { move: 'receive' } })).status, 401);
            assert.equal((await move(code, 'resolve')).status, 409);
            assert.equal((await move(code, 'refuse')).status, 422);
            assert.equal((await move(code, 'fly')).status, 422);
            assert.equal((await move(code, 'receive')).status, 200);
            assert.equal((await move(code, 'stop', 'Theo đề nghị', leader)).body.state, 8);
            assert.equal((await i.api('GET', '/api/v1/figures/onestop', { token: resident })).status, 403);
        });

        test('bad input names the field and loses nothing', async () => {
            const bad = await i.api('POST', '/api/v1/dossiers', { token: resident, body: { ...filing(), applicant: { name: '', id_number: '12', phone: 'x' } } });
            assert.equal(bad.status, 422);
            assert.match(bad.type, /problem\+json/);
            assert.deepEqual(bad.body.errors.map((e) => e.field).sort(), ['applicant.id_number', 'applicant.name', 'applicant.phone']);
            assert.equal((await file({ ...filing(), procedure: 'x' })).status, 422);
            assert.equal((await file({ ...filing(), answers: { request: 'x', nonsense: 'y' } })).status, 422);
            for (const raw of ['{', '[]', '{"a":1,"a":2}', '"\\ud800"']) {
                const r = await fetch(i.url + '/api/v1/dossiers', { method: 'POST', headers: { authorization: `Bearer ${resident}`, 'content-type': 'application/json' }, body: raw });
                assert.ok(r.status >= 400 && r.status < 500, `${raw}: ${r.status}`);
            }
        });

        test('papers are taken, and what is none is refused', async () => {
            const { code } = (await file()).body;
            const send = (bytes, type, name) => {
                const form = new FormData();
                form.append('paper', new Blob([bytes], { type }), name);
                return fetch(`${i.url}/api/v1/dossiers/${code}/papers`, { method: 'POST', headers: { authorization: `Bearer ${clerk}` }, body: form });
            };
            const pdf = '%PDF-1.4\n' + 'x'.repeat(3000) + '\n%%EOF\n';
            assert.equal((await send(pdf, 'application/pdf', 'giấy.pdf')).status, 201);
            assert.equal((await send('MZ not a pdf', 'application/pdf', 'a.pdf')).status, 415);
            assert.equal((await send(pdf.slice(0, 2000), 'application/pdf', 'cut.pdf')).status, 415);
        });

        test('the figures count what was filed', async () => {
            const day = new Date(Date.now() + 7 * 3600e3).toISOString().slice(0, 10);
            const read = async () => (await i.api('GET', `/api/v1/figures/onestop?from=${day}&to=${day}`, { token: leader })).body.total;
            const before_ = await read();
            await move((await file()).body.code, 'receive');
            const after_ = await read();
            assert.equal(after_.received, before_.received + 1);
            assert.equal(after_.online, before_.online + 1);
            assert.equal(after_.open, before_.open + 1);
        });

        test('OpenAPI describes what answers', async () => {
            const spec = (await i.api('GET', '/api/openapi.json')).body;
            assert.equal(spec.openapi, '3.1.0');
            for (const p of ['/api/v1/procedures', '/api/v1/procedures/{code}', '/api/v1/dossiers', '/api/v1/dossiers/{code}', '/api/v1/dossiers/{code}/papers', '/api/v1/dossiers/{code}/moves', '/api/v1/figures/onestop']) assert.ok(spec.paths[p], p);
            // What the schema requires stands in the answer.
            const schema = spec.paths['/api/v1/procedures'].get.responses['200'].content['application/json'].schema;
            const answer = (await i.api('GET', '/api/v1/procedures?limit=1')).body;
            schema.required.forEach((k) => assert.ok(k in answer, k));
            schema.properties.items.items.required.forEach((k) => assert.ok(k in answer.items[0], k));
            const dossier = spec.paths['/api/v1/dossiers'].post.responses['201'].content['application/json'].schema;
            const made = (await file()).body;
            dossier.required.forEach((k) => assert.ok(k in made, k));
        });
    });
}
