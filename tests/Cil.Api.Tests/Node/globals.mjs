// What newer versions of Node have by themselves, for the clients that expect it: Debian 12 has Node 18.
import { File } from 'node:buffer';
import { webcrypto } from 'node:crypto';

globalThis.File ??= File;
globalThis.crypto ??= webcrypto;
