// The first whole way of a dossier, as people walk it: a phone of 360 px, a desk of 1280.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { Installation } from '../lib.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let i, browser, accounts;

/** A picture that a camera could have taken: 1200 × 1600, not one colour. */
const photograph = (file) => {
    const w = 1200, h = 1600, raw = Buffer.alloc((w * 3 + 1) * h);
    for (let k = 0; k < raw.length; k++) raw[k] = k % (w * 3 + 1) ? (k * 31) % 251 : 0;
    const crc = (b) => { let c, r = ~0; for (const x of b) { c = (r ^ x) & 255; for (let n = 0; n < 8; n++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1; r = (r >>> 8) ^ c; } return ~r >>> 0; };
    const chunk = (type, data) => { const t = Buffer.concat([Buffer.from(type), data]), out = Buffer.alloc(8); out.writeUInt32BE(data.length); out.writeUInt32BE(crc(t), 4); return Buffer.concat([out.subarray(0, 4), t, out.subarray(4)]); };
    const head = Buffer.alloc(13);
    head.writeUInt32BE(w); head.writeUInt32BE(h, 4); head[8] = 8; head[9] = 2;
    fs.writeFileSync(file, Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', zlib.deflateSync(raw)), chunk('IEND', Buffer.alloc(0))]));
    return file;
};

before(async () => {
    i = new Installation({ residents: 400, seed: 1 });
    accounts = i.accounts();
    await i.serve();
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync', '--no-first-run'] });
});
after(async () => {
    await browser?.close();
    await i?.remove();
});

const page = async (width, height, options = {}) => {
    const p = await (await browser.newContext({ viewport: { width, height }, ...options })).newPage();
    p.faults = [];
    p.on('pageerror', (e) => p.faults.push(e.message));
    p.on('console', (m) => { if (m.type() === 'error' && !/status of 4\d\d/.test(m.text())) p.faults.push(m.text()); });
    p.on('request', (r) => { if (!r.url().startsWith(i.url) && !/^(data|blob):/.test(r.url())) p.faults.push(`asks another host: ${r.url()}`); });
    return p;
};
const check = async (p, where) => {
    const wide = await p.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `${where} is ${wide} px too wide`);
    await p.evaluate(axe + ';0').catch(() => p.addScriptTag({ content: axe }));
    const { violations } = await p.evaluate(() => globalThis.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
    assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), [], where);
    assert.deepEqual(p.faults, [], where);
};
const staff = async (p, login) => {
    await p.goto(i.url + '/can-bo/dang-nhap');
    await p.fill('#f-login', login);
    await p.fill('#f-password', accounts[login]);
    await p.fill('#f-code', i.code(login));
    await p.click('main button[type=submit]');
    await p.waitForURL('**/can-bo');
};
const enter = async (p, name, value) => {
    const field = p.locator(`main [name="${name}"]`).first();
    const kind = await field.evaluate((e) => (e.tagName === 'SELECT' ? 'select' : e.type));
    if (kind === 'radio') await p.check(`main [name="${name}"][value="${value}"]`);
    else if (kind === 'checkbox') await field.check();
    else if (kind === 'select') await field.selectOption(value);
    else await field.fill(value);
};
const birth = {
    requester_born: '1990-05-06', relation: 'mother', child_name: 'Trần Gia Bảo', child_born: '2026-11-20', child_sex: 'male',
    child_ethnic: 'Kinh', child_nationality: 'Việt Nam', birth_place_kind: 'home', birth_place: 'xã Nghĩa Thái, tỉnh Nam Định',
    home_town: 'xã Nghĩa Thái', birth_cert_kind: 'birth_cert', mother_known: 'yes', mother_name: 'Trần Thị Hoa',
    mother_born_year: '1990', mother_ethnic: 'Kinh', mother_nationality: 'Việt Nam', mother_address: 'Xóm 5', father_known: 'no',
    married: 'no', copies_wanted: 'no', result_way: 'online', oath: 'yes',
};

test('public pages at 360 and 1280, light, dark and big', async () => {
    for (const [w, h] of [[360, 740], [1280, 800]]) {
        const p = await page(w, h, { colorScheme: w === 360 ? 'light' : 'dark', bypassCSP: true });
        for (const where of ['/', '/dich-vu-cong', '/dich-vu-cong/linh-vuc', '/dich-vu-cong/1.001193', '/tra-cuu', '/tra-cuu?ma=KHONG-CO-MA', '/dang-nhap', '/can-bo/dang-nhap', '/khong-co']) {
            await p.goto(i.url + where);
            await check(p, `${where} at ${w}`);
        }
        await p.goto(i.url + '/giao-dien?type=big&ve=/');
        await check(p, `big type at ${w}`);
        await p.goto(i.url + '/giao-dien?lang=en&ve=/tra-cuu');
        assert.equal(await p.getAttribute('html', 'lang'), 'en');
        await check(p, `English at ${w}`);
    }
});

test('a first visit is small', async () => {
    const p = await page(360, 740);
    let bytes = 0;
    const client = await p.context().newCDPSession(p);
    await client.send('Network.enable');
    const kinds = new Map();
    client.on('Network.responseReceived', (e) => kinds.set(e.requestId, e.type));
    client.on('Network.loadingFinished', (e) => { if (!['Image'].includes(kinds.get(e.requestId))) bytes += e.encodedDataLength; });
    await p.goto(i.url + '/dich-vu-cong', { waitUntil: 'networkidle' });
    assert.ok(bytes < 60 * 1024, `${bytes} bytes`);
});

test('birth registration from the phone to the figures', async () => {
    const resident = await page(360, 740, { bypassCSP: true }), admin = await page(1280, 800, { bypassCSP: true }), clerk = await page(1280, 800, { bypassCSP: true });
    await staff(admin, 'quantri');
    await check(admin, 'staff home');
    await resident.goto(i.url + '/nop-ho-so/1.001193');
    await resident.waitForURL('**/dang-nhap?**');
    await resident.fill('#f-phone', accounts.resident);
    await resident.click('main button[type=submit]');
    await resident.waitForURL('**/dang-nhap/ma');
    await admin.goto(i.url + '/can-bo/tin-nhan');
    await check(admin, 'messages');
    const code = /la (\d{6})/.exec(await admin.textContent('main'))[1];
    await resident.fill('#f-code', code === '000000' ? '000001' : '000000');
    await resident.click('main button[type=submit]');
    assert.match(await resident.textContent('.error-summary'), /chưa đúng/);
    await resident.fill('#f-code', code);
    await resident.click('main button[type=submit]');
    await resident.waitForURL(/nop-ho-so|chon/);
    if (resident.url().includes('chon')) await resident.click('main form button >> nth=0');
    await resident.waitForURL('**/nop-ho-so/1.001193');
    await check(resident, 'the empty form');
    // Sent without the paper: everything typed is still there.
    for (const [name, value] of Object.entries(birth)) await enter(resident, name, value);
    await resident.click('text=Gửi hồ sơ');
    await resident.waitForSelector('.alert.error');
    assert.match(await resident.textContent('.alert.error'), /Giấy chứng sinh/);
    assert.equal(await resident.inputValue('#f-child_name'), birth.child_name);
    const photo = photograph(path.join(i.dir, 'paper.png'));
    await resident.setInputFiles('#p-birth_cert', photo);
    await resident.waitForSelector('.photo-preview');
    await check(resident, 'the form, filled');
    await resident.dblclick('text=Gửi hồ sơ');
    await resident.waitForURL('**/ho-so/T-*');
    await check(resident, 'the dossier');
    const provisional = /ho-so\/(T-[^?]+)/.exec(resident.url())[1];

    await staff(clerk, 'motcua');
    await clerk.goto(i.url + '/can-bo/mot-cua');
    await check(clerk, 'the queue');
    assert.equal(await clerk.locator(`text=${provisional}`).count(), 1, 'filed once');
    await clerk.goto(`${i.url}/can-bo/ho-so/${provisional}`);
    await check(clerk, 'the desk');
    const move = async (name, note) => {
        const form = clerk.locator(`form:has(input[name=move][value=${name}])`);
        if (note) await form.locator('textarea').fill(note);
        await form.locator('button').click();
        await clerk.waitForSelector('.alert.ok');
    };
    await move('receive');
    await move('ask_supplement', 'Đề nghị chụp lại giấy chứng sinh');
    await resident.reload();
    assert.match(await resident.textContent('main'), /Cần bổ sung/);
    await check(resident, 'a supplement is asked for');
    await resident.setInputFiles('#bs', photo);
    await resident.click('text=Gửi bổ sung');
    await resident.waitForSelector('.alert.ok');
    await clerk.reload();
    assert.equal(await clerk.locator('input[name=move][value=ask_supplement]').count(), 0, 'only once');
    await move('resolve');
    await move('return');
    const official = await clerk.textContent('.code-big');

    // The receipt reads back, and its QR leads to the dossier.
    const receipt = await resident.request.get(`${i.url}/ho-so/${official}/giay-tiep-nhan`);
    assert.equal(receipt.status(), 200);
    const pdf = path.join(i.dir, 'receipt.pdf');
    fs.writeFileSync(pdf, await receipt.body());
    const text = execFileSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8' });
    assert.match(text, /GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ/);
    assert.ok(text.includes(official) && /DỮ LIỆU GIẢ LẬP/.test(text));
    execFileSync('qpdf', ['--check', pdf]);
    execFileSync('pdftoppm', ['-r', '150', '-png', pdf, path.join(i.dir, 'receipt')]);
    const png = fs.readdirSync(i.dir).filter((f) => /^receipt.*png$/.test(f)).map((f) => path.join(i.dir, f));
    const address = png.map((f) => { try { return execFileSync('zbarimg', ['--raw', '-q', f], { encoding: 'utf8' }).trim(); } catch { return ''; } }).find(Boolean);
    assert.equal(address, `${i.url}/ho-so/${official}`);
    const stranger = await page(360, 740, { bypassCSP: true });
    await stranger.goto(address);
    assert.match(await stranger.textContent('main'), /Đã trả kết quả/);
    assert.ok(!(await stranger.textContent('main')).includes(birth.child_name), 'strangers see state, office and dates only');
    await check(stranger, 'a stranger with the code');
    await resident.goto(`${i.url}/ho-so/${official}`);
    const result = await resident.request.get(`${i.url}/ho-so/${official}/ket-qua`, { headers: { range: 'bytes=0-7' } });
    assert.equal(result.status(), 206);
    assert.equal((await result.body()).toString(), '%PDF-1.4');
    assert.equal((await stranger.request.get(`${i.url}/ho-so/${official}/ket-qua`, { maxRedirects: 0 })).status(), 303);

    // The figures open down to it.
    await clerk.goto(i.url + '/can-bo/so-lieu');
    await check(clerk, 'the figures');
    await clerk.click('.tile >> nth=0');
    await check(clerk, 'the list behind a figure');
    assert.equal(await clerk.locator(`a:text-is("${official}")`).count(), 1);
    const csv = await clerk.request.get(i.url + '/can-bo/so-lieu/danh-sach?dang=csv&gi=received');
    assert.ok((await csv.text()).includes(official));
    const xlsx = path.join(i.dir, 'list.xlsx');
    fs.writeFileSync(xlsx, await (await clerk.request.get(i.url + '/can-bo/so-lieu/danh-sach?dang=xlsx&gi=received')).body());
    assert.match(execFileSync('unzip', ['-p', xlsx, 'xl/worksheets/sheet1.xml'], { encoding: 'utf8', maxBuffer: 1 << 28 }), new RegExp(official));

    // The resident's own pages: inbox, and who looked.
    for (const where of ['/ca-nhan', '/ca-nhan/hop-thu', '/ca-nhan/nhat-ky', '/ho-so-cua-toi']) {
        await resident.goto(i.url + where);
        await check(resident, where);
    }
    await resident.goto(i.url + '/ca-nhan/nhat-ky');
    assert.match(await resident.textContent('main'), /Trần Thị Mơ/);
    for (const where of ['/can-bo/nguoi-dan', '/can-bo/nguoi-dan?q=nguyen+thi']) {
        await clerk.goto(i.url + where);
        await check(clerk, where);
    }
    assert.equal((await clerk.goto(i.url + '/can-bo/nhat-ky')).status(), 403, 'the clerk is no auditor');
    await admin.goto(i.url + '/can-bo/nhat-ky');
    assert.match(await admin.textContent('main'), /auth\.refused/);
    await check(admin, 'the audit chain');
});

test('without script every step still works', async () => {
    const p = await page(360, 740, { javaScriptEnabled: false });
    await p.goto(i.url + '/dich-vu-cong?q=khai+sinh');
    assert.ok((await p.locator('main .list li').count()) > 0);
    await p.goto(i.url + '/dang-nhap');
    await p.fill('#f-phone', 'khong phai so');
    await p.click('main button[type=submit]');
    assert.match(await p.textContent('main'), /Số điện thoại chưa đúng/);
    assert.equal(await p.inputValue('#f-phone'), 'khong phai so');
});
