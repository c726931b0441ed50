"""The engine of a scan: examines endpoints, in parts that run beside each other, and judges what they answer.

May import `scanning`, `checks`, `sensitivity` and the packages below them (`ports`, `models`, `frozen` and so on), and
asyncio; it knows probes through `ports` alone. Never opens a socket, writes to a store or stores host content.

Its words: a *sweep* finds open ports; a *first contact* asks a few questions on the connection of the sweep. An
*examination* covers all else about one endpoint: an *attempt* tries one protocol, a *round* runs all checks of that
protocol on one connection, and a *question* is a `Request` that a round yields. The *front page* is the answer to
`GET /`. A *fallback* check is judged only if no other check of its protocol applies. A check *names* the ports that it
lists; such a port *suggests* the product of the check.
"""
