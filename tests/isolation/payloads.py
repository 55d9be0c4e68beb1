"""Texts that would run a script if a page showed them raw, and what a page would hold then."""

import re
from html.parser import HTMLParser

PAYLOADS = """
<script>alert(1)</script>
<ScRiPt>alert(1)</sCrIpT>
<script src=//evil.example/x.js></script>
<script>/*</script><script>*/alert(1)</script>
</script><script>alert(1)</script>
</title><script>alert(1)</script>
</textarea><script>alert(1)</script>
</style><script>alert(1)</script>
</option></select><script>alert(1)</script>
--><script>alert(1)</script>
]]><script>alert(1)</script>
<<script>alert(1);//<</script>
<scr<script>ipt>alert(1)</script>
<img src=x onerror=alert(1)>
"><img src=x onerror=alert(1)>
'><img src=x onerror=alert(1)>
<img/src="x"/onerror=alert(1)>
<img src=x:x onerror&#61;alert(1)>
<image src=x onerror=alert(1)>
<svg onload=alert(1)>
<svg/onload=alert(1)>
"><svg onload=alert(1)>
<svg><script>alert(1)</script></svg>
<svg><animate onbegin=alert(1) attributeName=x dur=1s>
<svg><a xlink:href="javascript:alert(1)"><text y=9>x</text></a>
<body onload=alert(1)>
<iframe src="javascript:alert(1)">
<iframe srcdoc="<script>alert(1)</script>">
<object data="javascript:alert(1)">
<embed src="javascript:alert(1)">
<form action="javascript:alert(1)"><button>x
<button formaction="javascript:alert(1)">x
<a href="javascript:alert(1)">x</a>
<a href="jav&#x09;ascript:alert(1)">x</a>
<a href="data:text/html,<script>alert(1)</script>">x</a>
<base href="//evil.example/">
<link rel=stylesheet href=//evil.example/x.css>
<meta http-equiv=refresh content="0;url=javascript:alert(1)">
<style>@import "//evil.example/x.css";</style>
<div style="background:url(javascript:alert(1))">
<input autofocus onfocus=alert(1)>
" autofocus onfocus=alert(1) x="
' autofocus onfocus=alert(1) x='
` onmouseover=alert(1) `
" onmouseover="alert(1)
' onmouseover='alert(1)
<details open ontoggle=alert(1)>
<video><source onerror=alert(1)></video>
<audio src=x onerror=alert(1)>
<marquee onstart=alert(1)>
<math><maction actiontype="statusline" href="javascript:alert(1)">x
<template><script>alert(1)</script></template>
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<table background="javascript:alert(1)">
<x onclick=alert(1) hx-on:click="alert(1)">x
<div hx-get="//evil.example" hx-trigger="load">
{{ 7|add:"1" }}{% load x %}
${alert(1)}
javascript:alert(1)//<svg onload=alert(1)>
\\"><script>alert(1)</script>
&lt;script&gt;alert(1)&lt;/script&gt;
""".strip().splitlines()

INERT_SCRIPTS = ("application/json",)
ADDRESSES = {"href", "src", "action", "formaction", "data", "xlink:href", "background", "srcdoc"}


class Dangers(HTMLParser):
    """Elements and attributes that our own templates never have."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = {name: value or "" for name, value in attrs}
        if (
            tag == "script"
            and not attrs.get("src", "").startswith("/static/")
            and attrs.get("type") not in INERT_SCRIPTS
        ):
            self.found.append(f"<script {attrs}>")
        if tag in ("iframe", "object", "embed", "base", "marquee", "math", "template", "style", "audio", "video") or (
            "http-equiv" in attrs or not tag.isalnum()
        ):
            self.found.append(f"<{tag}>")
        for name, value in attrs.items():
            address = re.sub(r"[\s\x00-\x1f]", "", value).lower()
            if re.match("on|hx-on", name) or name == "style":
                self.found.append(f"{tag} {name}={value}")
            if name in ADDRESSES and re.match("javascript:|data:text|//|https?://evil", address):
                self.found.append(f"{tag} {name}={value}")
            if name.startswith("hx-") and "evil" in value and address.startswith("//"):
                self.found.append(f"{tag} {name}={value}")


def dangers(page: str) -> list[str]:
    return Dangers(page).found
