"""The console: pages for people, beside the API for programs, and made from the same operations.

`screens.SCREENS` and `screens.ACTS` are the registers: routes, the menu, rights and the tests follow from them. A page
asks operations of the API in process (`Desk.ask`), so both faces show the same, by the same rights, and a page decides
nothing. An act takes a form, asks one operation, and sends the browser to the page that shows what it did.

- `screen`: what a page and an act are; `screens`: the registers; `pages/`: one module for each subject.
- `desk`: what a page is given; `serve`: requests; `forms`: what a browser sends; `render`: Jinja, times, numbers.
- `shell`: what stands on each page (menu, watchman, ledger); `static`: the style sheet and the two scripts.
- `templates/`: one folder for each subject; `templates/parts.html` has what all of them use.

Pages work without scripts. Nothing of them comes from another host, and nothing in them is marked as safe HTML.
"""
