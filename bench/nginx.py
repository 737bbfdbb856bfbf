"""nginx's configuration: a plain proxy, as its own documentation has it."""

from pathlib import Path
from urllib.parse import urlsplit


def nginx_config(upstream: str, port: int, stream_port: int, folder: Path) -> str:
    """One worker; answers are buffered on `port`, as by default, and not on `stream_port`."""
    return f"""\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream backend {{
        server {urlsplit(upstream).netloc};
        keepalive 128;
        keepalive_requests 1000000;
    }}
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        location / {{ proxy_pass http://backend; }}
    }}
    server {{
        listen 127.0.0.1:{stream_port} backlog=1024;
        location / {{ proxy_pass http://backend; proxy_buffering off; }}
    }}
}}
"""
