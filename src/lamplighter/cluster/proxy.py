"""The proxy with TLS that stands in every pod in front of processes that listen on loopback only."""

import re
from collections.abc import Sequence
from string import Template

from lamplighter.cluster.image import IMAGE
from lamplighter.cluster.manifest import HTTPS, PORT, Manifest, closed, resources

#: Where its configuration, its certificate and what it writes lie.
CONFIGURATION, TLS, TEMPORARY = "/etc/lamplighter/proxy", "/etc/lamplighter/tls", "/tmp"  # noqa: S108  a disk of the pod's own
#: Seconds in which the cluster learns that a pod ends, before that has any effect, and for requests that are in work then.
LEARNING, FINISHING = 5, 30

#: Limits of bodies are those of what stands behind it: one place says how large a request may be, and why it is refused.
_FILE = Template("""\
daemon off;
worker_processes 2;
worker_shutdown_timeout ${finishing}s;
pid $temporary/nginx.pid;
error_log stderr warn;
events {
  worker_connections 4096;
}
http {
  access_log off;
  server_tokens off;
  client_body_temp_path $temporary/body;
  proxy_temp_path $temporary/proxy;
  fastcgi_temp_path $temporary/fastcgi;
  uwsgi_temp_path $temporary/uwsgi;
  scgi_temp_path $temporary/scgi;

  ssl_certificate $tls/tls.crt;
  ssl_certificate_key $tls/tls.key;
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_session_tickets off;
  ssl_session_cache shared:tls:4m;

  client_header_timeout 10s;
  client_body_timeout 60s;
  client_max_body_size 0;
  large_client_header_buffers 4 16k;
  keepalive_timeout 75s;

  upstream behind {
    server 127.0.0.1:$behind;$keep
  }

  # A name that is not ours.
  server {
    listen $port ssl default_server;
    return 421;
  }
  server {
    listen $port ssl;
    server_name $names;
    location / {
      proxy_pass http://behind;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $$http_host;
      # What a caller says of itself is not passed on.
      proxy_set_header X-Forwarded-For $$remote_addr;
      proxy_set_header X-Forwarded-Proto https;
      # Bytes go through as they come; nothing of a caller is written to a disk here.
      proxy_request_buffering off;
      proxy_max_temp_file_size 0;
      proxy_connect_timeout 5s;
      proxy_send_timeout 60s;
      proxy_read_timeout ${reading}s;
    }
  }
}
""")
#: Connections that are kept to what is behind, let go before it lets go of them itself.
_KEEP = """
    keepalive 64;
    keepalive_timeout 60s;"""
_ENDS = (
    f"sleep {LEARNING}; nginx -e stderr -c {CONFIGURATION}/nginx.conf -s quit; while kill -0 1 2>/dev/null; do sleep 0.2; done"
)


def configured(behind: int, names: Sequence[str], service: str = "", *, keep: bool, reading: int) -> str:
    """Its file for a port on loopback and the names by which callers come, those of a service in the cluster with them."""
    inside = [f'"~^{re.escape(service)}(\\.[a-z0-9-]+\\.svc(\\.cluster\\.local)?)?$"'] if service else []
    return _FILE.substitute(
        behind=behind, port=PORT, names=" ".join((*names, *inside)), keep=_KEEP if keep else "", reading=reading,
        tls=TLS, temporary=TEMPORARY, finishing=FINISHING,
    )  # fmt: skip


def container(host: str, ready: str) -> Manifest:
    """It is ready when what is behind it answers that it is, asked by the name that callers use.

    Told to end, it goes on until the cluster sends it nobody new, then answers what is in work.
    """
    asked = {"path": ready, "port": HTTPS, "scheme": "HTTPS", "httpHeaders": [{"name": "Host", "value": host}]}
    return {
        "name": "proxy",
        "image": IMAGE,
        "command": ["nginx", "-e", "stderr", "-c", f"{CONFIGURATION}/nginx.conf"],
        "ports": [{"name": HTTPS, "containerPort": PORT, "protocol": "TCP"}],
        "readinessProbe": {"httpGet": asked, "periodSeconds": 2, "timeoutSeconds": 3, "failureThreshold": 2},
        "livenessProbe": {"tcpSocket": {"port": HTTPS}, "periodSeconds": 20, "timeoutSeconds": 5},
        "lifecycle": {"preStop": {"exec": {"command": ["/bin/sh", "-c", _ENDS]}}},
        "resources": resources("50m", "64Mi"),
        "securityContext": closed(),
        "volumeMounts": [
            {"name": "configuration", "mountPath": CONFIGURATION, "readOnly": True},
            {"name": "tls", "mountPath": TLS, "readOnly": True},
            {"name": "temporary-of-proxy", "mountPath": TEMPORARY},
        ],
    }
