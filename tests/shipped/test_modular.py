"""Collections of Firestore in bundles without names; the forms are those of real builds, as pages of the lab are."""

from __future__ import annotations

import pytest

from leakguard.shipped.modular import MOST_NAMES
from leakguard.shipped.reader import formless
from support.each import for_each
from support.growth import takes_no_time

VITE = """function Cl(e,t,...n){if(e=Oo(e),Xc(`collection`,`path`,t),e instanceof vl){let r=Jc.fromString(t,...n)}}"""
EXPO = 'function Qn(e,t,...n){if(e=(0,a.get)(e),X("collection","path",t),e instanceof Mn){return 1}}'
NEXT = """function rJ(e,t,...r){if(e=O(e),function(e,t,r){if(!r)throw new eU(eF.I,`${e}() with an empty ${t}.`)}\
("collection","path",t),e instanceof r$)return 1}e.s(["z",0,aa,"f",0,rJ],76178)"""
WEBPACK = """{4711:(e,t,n)=>{"use strict";n.d(t,{aa:()=>bb,rJ:()=>Cl});function bb(){}""" + VITE + "}"
DOC = 'function Dl(e,t,...n){if(e=O(e),1===arguments.length&&(t=A.newId()),X("doc","path",t),e instanceof F){}}'


def found(*files: str) -> list[str]:
    reader = formless()
    for number, file in enumerate(files):
        reader.read(file.encode(), f"/assets/{number}.js")
    return [table.name for table in reader.shipped.tables]


@for_each(
    ("files", "names"),
    [
        (  # in the same file
            [VITE + "Cl(U(wu),`rooms`),Cl(U(wu),`campus`,`north`)"],
            ["rooms", "campus"],
        ),
        (  # with a path
            [VITE + "Cl(U(w),`users/${e}/visits`)"],
            ["users"],
        ),
        (  # in another file, read later
            [VITE + "export{Cl as a}", 'import{a as x}from"./0.js";x(y,"rooms")'],
            ["rooms"],
        ),
        (  # in another file, read before
            ['import{a as x}from"./1.js";x(y,"rooms")', VITE + "export{Cl as a}"],
            ["rooms"],
        ),
        (  # by a member that keeps its name
            ['(0,s.collection)((0,s.getFirestore)(l),"rooms")'],
            ["rooms"],
        ),
        (  # by a module's number, Turbopack
            [NEXT, 'var p=e.i(76178);t=>(0,p.f)(t,"rooms")'],
            ["rooms"],
        ),
        (  # by a module's number, webpack
            [WEBPACK, 'var p=n(4711);t=>(0,p.rJ)(t,"rooms")'],
            ["rooms"],
        ),
        (  # by the document
            [DOC + 'Dl(db,"users",e)'],
            ["users"],
        ),
        (  # without a bundler
            ['import{collection}from"firebase/firestore";collection(db, "rooms")'],
            ["rooms"],
        ),
        (  # of another module
            [NEXT, 'var p=e.i(76179);t=>(0,p.f)(t,"rooms")'],
            [],
        ),
        (  # of the module that stood there before
            [NEXT, 'p=e.i(76178);p=e.i(2);(0,p.f)(t,"rooms")'],
            [],
        ),
        (  # another function of the file
            [VITE + "export{Cl as a,Zz as b}", 'import{b as x}from"./0.js";x(y,"rooms")'],
            [],
        ),
        (  # another file
            [VITE + "export{Cl as a}", 'import{a as x}from"./2.js";x(y,"rooms")'],
            [],
        ),
        (  # a text that is no collection
            [VITE + 'Cl("a","rooms");Cl(db,name);Cl(db);x.Cl(db,"rooms")'],
            [],
        ),
        (  # a function without its words
            ["function Cl(e,t){return e+t}Cl(a,`rooms`)"],
            [],
        ),
    ],
)
def test_a_collection_is_told_where_the_function_is_firestores(files: list[str], names: list[str]) -> None:
    assert found(*files) == names


def test_a_source_map_names_no_collection() -> None:
    reader = formless()
    reader.read((VITE + "Cl(db,`rooms`)").encode(), "/assets/0.js.map")

    assert not reader.shipped.tables


def test_no_more_names_are_kept_than_a_page_of_ours_has() -> None:
    many = "".join(f"Cl(db,`t{number}`);" for number in range(MOST_NAMES + 7))

    assert len(found(VITE + many)) == MOST_NAMES


@pytest.mark.parametrize(
    "line",
    [
        '"collection","path",', "import{a", 'import{a}from"./0.js";', "(0,p.f)(t,", '(0,p.f)(t,"a");p=', ",rJ", "=>rJ",
        "a(a(", '"doc","path",t),', "collection(", "query{", "`{a", 'gql query{a{a{"a', "export{", ".request(a(",
    ],
)  # fmt: skip
@takes_no_time
def test_a_line_of_megabytes_that_resembles_a_bundle_is_read_to_its_end(line: str) -> None:
    reader = formless()
    reader.read((NEXT + line * (4_000_000 // len(line))).encode(), "/0.js")
    reader.read(b'c.from("users")', "/1.js")

    assert "users" in [table.name for table in reader.shipped.tables]


def test_no_more_calls_wait_for_a_file_that_is_read_later_than_a_page_of_ours_has() -> None:
    calls = "".join(f'x(y,"c{number}");' for number in range(MOST_NAMES + 9))

    names = found('import{a as x}from"./1.js";' + calls, VITE + "export{Cl as a}")

    assert names == [f"c{number}" for number in range(MOST_NAMES)]


@for_each(
    "files",
    [
        # what gives the function away has no number of a module before it
        ["n.d(t,{rJ:()=>Cl});" + VITE, 'var p=n(4711);t=>(0,p.rJ)(t,"rooms")'],
        # nothing says which module the variable stands for
        [WEBPACK, 't=>(0,p.rJ)(t,"rooms")'],
        # the variable got something else than a module
        [WEBPACK, 'var p=document;t=>(0,p.rJ)(t,"rooms")'],
        # the variable got more values since than are looked at
        [WEBPACK, "var p=n(4711);" + "p=1;" * 600 + 't=>(0,p.rJ)(t,"rooms")'],
        # an imported function whose second argument is no text
        ['import{a as x}from"./1.js";x(y,rooms)', VITE + "export{Cl as a}"],
        # a first argument that has no end within reach
        [VITE + "Cl(U" + "(" * 300 + '"rooms"'],
    ],
)
def test_where_a_step_to_the_function_is_missing_no_collection_is_told(files: list[str]) -> None:
    assert found(*files) == []
