BEGIN TRANSACTION;
CREATE TABLE addresses (
        id INTEGER PRIMARY KEY, scenario TEXT NOT NULL, seed INTEGER NOT NULL, horizon INTEGER NOT NULL,
        engine TEXT NOT NULL, laws TEXT NOT NULL, UNIQUE (scenario, seed, horizon, engine, laws)
    );
INSERT INTO "addresses" VALUES(1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',7,36,'compiled','11111111111111111111');
CREATE TABLE arms (
        run TEXT NOT NULL REFERENCES runs, place INTEGER NOT NULL, address INTEGER NOT NULL REFERENCES addresses,
        text TEXT NOT NULL REFERENCES texts, PRIMARY KEY (run, place)
    ) WITHOUT ROWID;
INSERT INTO "arms" VALUES('0123456789',0,1,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb');
CREATE TABLE blocks (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, made TEXT NOT NULL);
INSERT INTO "blocks" VALUES(1,'681049de4bd58ff8e0ae26395fec771bfc0fbc4caeedfb5df7cadc065f88e815','2026-11-22T10:00:00+00:00');
CREATE TABLE runs (
        id TEXT PRIMARY KEY, question TEXT NOT NULL, command TEXT, ground TEXT NOT NULL, laws TEXT NOT NULL,
        seed INTEGER NOT NULL, asked INTEGER NOT NULL, created TEXT NOT NULL, finished TEXT, digest TEXT
    ) WITHOUT ROWID;
INSERT INTO "runs" VALUES('0123456789','{"by_segment": false, "engine": "compiled", "horizon": null, "names": ["b2b-saas"], "precision": {}, "replications": 2, "verb": "run"}',NULL,'{"cxsim": "0.1.0", "sources": "22222222222222222222", "numpy": "2.0.0", "numba": "0.60.0", "llvmlite": "0.43.0", "arithmetic": "333333333333", "python": "3.11.0", "system": "Linux x86_64"}','11111111111111111111',7,2,'2026-11-22T10:00:00+00:00','2026-11-22T10:00:01+00:00','cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc');
CREATE TABLE texts (digest TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "texts" VALUES('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','extends = "b2b-saas"
name = "b2b-saas"
');
CREATE TABLE units (
        address INTEGER NOT NULL REFERENCES addresses, replication INTEGER NOT NULL,
        block INTEGER NOT NULL REFERENCES blocks, first INTEGER NOT NULL, numbers INTEGER NOT NULL,
        words TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (address, replication)
    ) WITHOUT ROWID;
INSERT INTO "units" VALUES(1,0,1,0,5,'[[1,0,"nobody"]]','e5cbd6b77d9bfd6d51f45663f5b6dc3727a57395b2566b80dfc91bf57e45dce1');
INSERT INTO "units" VALUES(1,1,1,5,5,'[[1,0,"nobody"]]','98d3b682dada07f12af58a9bb8c7c3f1b4e54d62897044f58f8a3c1e3ad29917');
CREATE INDEX units_of_block ON units (block);
COMMIT;
PRAGMA user_version = 1;
