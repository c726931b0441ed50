"""The engine of a scan: examines endpoints, in parts that run beside each other, and judges what they answer.

May import `scanning`, `checks`, `sensitivity` and the packages below them (`ports`, `models`, `frozen` and so on), and
asyncio; it knows probes through `ports` alone. Never opens a socket, writes to a store or stores host content.
"""

# Words of this package.
# sweep: finds open ports.
# first contact: a few questions on the connection that the sweep opened.
# examination: everything else about one endpoint.
# attempt: tries one protocol on an endpoint.
# round: runs all checks of one protocol on one connection.
# question: a `Request` that a round yields.
# front page: the answer to `GET /`.
# fallback check: judged only if no other check of its protocol applies.
# A check *names* the ports that it lists; such a port *suggests* the product of the check.
