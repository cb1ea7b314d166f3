"""The embedded servers live through kill -9 of anybody, and lose nothing that was committed."""

import os
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psutil
import psycopg
import pytest
from redis import Redis

from federation.server_ground import ServerFailed, make_directory
from federation.server_postgres import check_database
from federation.servers import EmbeddedServers, socket_directory

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    made = EmbeddedServers(tmp_path_factory.mktemp("servers") / "data")
    made.start()
    yield made
    made.stop()


def write_everywhere(servers, value):
    addresses = servers.addresses()
    with psycopg.connect(addresses.database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])
    with Redis.from_url(addresses.redis_url) as queue:
        queue.set(value, "kept")


def is_kept(servers, value):
    addresses = servers.addresses()
    with psycopg.connect(addresses.database_url) as connection:
        row = connection.execute("SELECT 1 FROM kept WHERE value = %s", [value]).fetchone()
    with Redis.from_url(addresses.redis_url) as queue:
        return row is not None and queue.get(value) == b"kept"


def pids(servers):
    return [server.pid for server in servers.status()]


def test_a_start_adopts_servers_that_already_run(servers):
    before = pids(servers)
    EmbeddedServers(servers.data_dir).start()
    assert pids(servers) == before and None not in before


def test_several_starts_at_once_make_one_server_of_each_kind(servers):
    servers.stop()
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: EmbeddedServers(servers.data_dir).start(), range(4)))
    assert len(set(answers)) == 1
    lines = [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
    assert sum("valkey-server" in line and str(servers.valkey.socket) in line for line in lines) == 1


def test_after_kill_9_of_both_servers_nothing_committed_is_lost(servers):
    write_everywhere(servers, "committed before the kill")
    for pid in pids(servers):
        os.kill(pid, signal.SIGKILL)
    servers.start()
    assert is_kept(servers, "committed before the kill")


def test_servers_outlive_a_killed_starter_and_stop_for_whoever_asks(servers):
    code = "import sys,os,pathlib;from federation.servers import EmbeddedServers as E;E(pathlib.Path(sys.argv[1])).start();os.kill(os.getpid(),9)"
    servers.stop()
    killed = subprocess.run([sys.executable, "-c", code, str(servers.data_dir)], check=False)
    assert killed.returncode == -signal.SIGKILL
    write_everywhere(servers, "after the starter died")
    servers.stop()
    assert pids(servers) == [None, None]
    servers.start()
    assert is_kept(servers, "after the starter died")


def test_a_process_id_that_now_belongs_to_somebody_else_does_not_keep_postgres_from_starting(servers):
    servers.stop()
    lock = servers.postgres.directory / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{servers.postgres.directory}\n1\n5432\n{servers.postgres.sockets}\n\n0 0\nready\n")
    assert servers.postgres.pid() is None
    servers.start()
    assert servers.postgres.pid() not in (None, os.getpid())


def test_a_hung_valkey_is_replaced_and_keeps_its_data(servers):
    write_everywhere(servers, "before it hung")
    hung = servers.valkey.pid()
    os.kill(hung, signal.SIGSTOP)
    servers.start()
    assert servers.valkey.pid() != hung
    assert is_kept(servers, "before it hung")


def test_sockets_are_for_this_user_only_and_no_port_is_open(servers):
    assert stat.S_IMODE(socket_directory(servers.data_dir).stat().st_mode) == 0o700
    for pid in pids(servers):
        assert not [line for line in psutil.Process(pid).net_connections("inet") if line.status == psutil.CONN_LISTEN]


def test_a_long_data_directory_gets_a_short_socket_directory(tmp_path):
    deep = tmp_path / ("deep" * 30)
    assert len(os.fsencode(socket_directory(deep) / ".s.PGSQL.5432")) <= 100
    assert socket_directory(deep) != socket_directory(tmp_path / ("deeq" * 30))


def test_the_database_sorts_and_folds_alike_everywhere(servers):
    with psycopg.connect(servers.addresses().database_url) as connection:
        row = connection.execute("SELECT datlocprovider, datlocale, upper('ŵy') FROM pg_database LIMIT 1").fetchone()
    assert row == ("b", "C.UTF-8", "ŴY")


def test_the_first_start_is_remembered_until_it_is_over(servers):
    assert EmbeddedServers(servers.data_dir).start().created
    servers.first_start_is_over()
    assert not EmbeddedServers(servers.data_dir).start().created


def test_a_socket_directory_that_is_somebody_elses_link_is_refused(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "trap").symlink_to(tmp_path / "mine")
    with pytest.raises(ServerFailed, match="belongs to somebody else"):
        make_directory(tmp_path / "trap", None)


def test_a_database_that_does_not_answer_is_named_in_words(tmp_path):
    with pytest.raises(ServerFailed, match="does not answer"):
        check_database(f"postgresql://nobody@/fed?host={tmp_path}")
