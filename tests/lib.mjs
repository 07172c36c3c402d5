// What every black-box test starts with: an installation of its own, served on a free port.
import { spawn, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import net from 'node:net';

export const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
export const nep = process.env.NEP ?? path.join(root, 'build', 'nep');

export const freePort = async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    server.close();
    await once(server, 'close');
    return port;
};

let databases = 0;

/** An installation: `database` is undefined (SQLite) or 'postgresql' (a fresh one on the test server). */
export class Installation {
    constructor({ residents = 200, seed = 7, postgresql = false } = {}) {
        this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'nep-test-'));
        this.data = path.join(this.dir, 'data');
        this.where = ['--data', this.data];
        if (postgresql) {
            const url = new URL(process.env.NEP_TEST_PG.replace('postgresql://nep@/', 'postgresql://nep@local/'));
            const name = `service_${process.pid}_${++databases}`;
            execFileSync('psql', [process.env.NEP_TEST_PG, '-qc', `CREATE DATABASE ${name}`]);
            this.where.push('--database', `postgresql://nep@/${name}${url.search}`);
        }
        this.run('demo', '--seed', String(seed), '--residents', String(residents));
    }
    /** Runs a command and gives its standard output. */
    run(...args) {
        const words = args.findIndex((a) => a.startsWith('--'));
        const at = words < 0 ? args.length : words;
        return execFileSync(nep, [...args.slice(0, at), ...this.where, ...args.slice(at)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    }
    token(role) {
        return this.run('token', 'create', '--role', role).trim();
    }
    async serve(...options) {
        this.port = await freePort();
        this.url = `http://127.0.0.1:${this.port}`;
        this.child = spawn(nep, ['serve', ...this.where, '--listen', `127.0.0.1:${this.port}`, '--sandbox', '--no-rate-limits', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
        this.log = '';
        this.child.stderr.on('data', (d) => { this.log += d; });
        const started = await Promise.race([once(this.child.stdout, 'data'), once(this.child, 'exit')]);
        if (this.child.exitCode !== null) throw new Error(`nep serve ended: ${started} ${this.log}`);
        return this;
    }
    async stop(signal = 'SIGTERM') {
        if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return;
        this.child.kill(signal);
        await once(this.child, 'exit');
    }
    async remove() {
        await this.stop('SIGKILL');
        fs.rmSync(this.dir, { recursive: true, force: true });
    }
    /** A JSON call of the machine interface. */
    async api(method, where, { token, body, headers = {} } = {}) {
        const answer = await fetch(this.url + where, {
            method,
            headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
        const text = await answer.text();
        return { status: answer.status, type: answer.headers.get('content-type'), body: text ? JSON.parse(text) : null };
    }
    /** Fresh passwords of the demo's staff. */
    accounts() {
        const rows = this.run('demo', 'accounts').trim().split('\n').map((line) => line.split(/\s+/));
        return Object.fromEntries(rows.map(([login, secret]) => [login, secret]));
    }
    code(login) {
        return execFileSync(nep, ['user', 'code', login, ...this.where], { encoding: 'utf8' }).trim();
    }
}

export const filing = (name = 'Nguyễn Thị Thử', extra = {}) => ({
    procedure: '2.000884',
    applicant: { name, id_number: `036193${String(Math.floor(Math.random() * 1e6)).padStart(6, '0')}`, phone: '0912345678' },
    answers: { request: 'Chứng thực chữ ký' },
    ...extra,
});

/** The databases to test on: both, or one with the other said to be skipped. */
export const databasesToTest = process.env.NEP_TEST_PG ? [false, true] : [false];
