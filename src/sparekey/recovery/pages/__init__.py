"""The customer pages of getting back in, a file for each stretch of the way.

A page is what its cookies say: every form answers with a redirect, so that Back, reload and a
second tab repeat nothing. What is asked and typed goes through the same verbs as the API's.
"""

from sparekey.recovery.pages import codes, forgot, helping, links, passwords, stopping

ROUTES = [
    *forgot.ROUTES,
    *codes.ROUTES,
    *passwords.ROUTES,
    *links.ROUTES,
    *stopping.ROUTES,
    *helping.ROUTES,
]
