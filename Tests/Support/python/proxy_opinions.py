"""The proxy that botocore would use for each address, `HOST:PORT` or `-`, as JSON.

    python proxy_opinions.py '[[{"HTTPS_PROXY": "..."}, ["https://..."]], ...]'
"""

import json
import os
import sys
from urllib.parse import urlparse

from botocore.httpsession import ProxyConfiguration
from botocore.utils import get_environ_proxies

KEPT = dict(os.environ)


def proxy(url):
    chosen = ProxyConfiguration(get_environ_proxies(url)).proxy_url_for(url)
    if not chosen:
        return "-"
    parts = urlparse(chosen)
    return f"{parts.hostname}:{parts.port or 80}"


def opinions(variables, urls):
    os.environ.clear()
    os.environ.update({name: value for name, value in KEPT.items() if not name.lower().endswith("_proxy")})
    os.environ.update(variables)
    return [proxy(url) for url in urls]


print(json.dumps([opinions(variables, urls) for variables, urls in json.loads(sys.argv[1])]))
