"""The headers of every page a customer sees: nothing stored, nothing framed, nothing told onward.

A page holds a one-time link in its address, so no referrer leaves it and no cache keeps it. Pages
load nothing from elsewhere and run no script but our own files.
"""


def page_headers(*, form_action: str = "'self'", style: str = "'self'") -> dict[str, str]:
    """Headers for an HTML answer; `form_action` says where its forms may lead."""
    policy = (
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action {form_action}; script-src 'self'; style-src {style}; img-src 'self'; "
        "font-src 'self'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "X-Robots-Tag": "noindex, nofollow",
    }
