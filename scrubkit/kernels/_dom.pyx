# cython: language_level=3, boundscheck=False, wraparound=False
"""Compiled walk over selectolax's tree; ``dom.py`` decides whether it may be used, ``dom.h`` holds the walk."""

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.unicode cimport PyUnicode_AsUTF8AndSize, PyUnicode_DecodeUTF8
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uintptr_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset, strlen

from array import array


cdef extern from "dom.h" nogil:
    enum:
        SK_IDS
        SK_NAMED
        SK_BLOCK
        SK_INLINE
        SK_SKIP
        SK_FRAME
        SK_TEXT
        SK_KIND_OTHER
    ctypedef struct sk_bytes:
        uint8_t *data
        size_t length
    enum:
        SK_ELEMENT
        SK_TEXT_NODE
        SK_TEXT_AT
    ctypedef struct sk_dom_api:
        void *(*child)(void *)
        void *(*next)(void *)
        uintptr_t (*tag)(void *)
        int (*type)(void *)
        void *(*first_attribute)(void *)
        void *(*next_attribute)(void *)
        const uint8_t *(*attribute_name)(void *, size_t *)
        const uint8_t *(*attribute_value)(void *, size_t *)
    ctypedef struct sk_dom_tags:
        uint8_t *role
        uint8_t *kind
        uint8_t *line
        uint8_t *cell
        uintptr_t script
        size_t named
        const char **names
        uint8_t *roles
    ctypedef struct sk_dom_block:
        int64_t first
        int64_t last
        int64_t chars
        int64_t links
        int32_t owner
        uint8_t kind
        uint8_t gap
    ctypedef struct sk_dom_element:
        int32_t parent
        int32_t cell
        int32_t row
        int32_t held
        uint32_t tag
        size_t attrs
        size_t end
        uint8_t hidden
    ctypedef struct sk_dom_walk:
        const sk_dom_api *api
        const sk_dom_tags *tags
        sk_bytes text
        sk_bytes attrs
        sk_bytes names
        sk_dom_block *blocks
        size_t n_blocks
        sk_dom_element *elements
        size_t n_elements
        int64_t anchors
        int64_t metas
        int swallowed
        int cells
        int failed
        int marks
        int32_t element
    ctypedef struct sk_string:
        const uint8_t *data
        size_t length
    sk_dom_element *sk_begin(sk_dom_walk *w, uintptr_t tag, int known, const uint8_t *name, size_t length) noexcept
    void sk_store(sk_dom_walk *w, sk_dom_element *e, const sk_string *value) noexcept
    void sk_settle(sk_dom_walk *w, sk_dom_element *e) noexcept
    void sk_close(sk_dom_walk *w) noexcept
    void sk_leave(sk_dom_walk *w, int role) noexcept
    void sk_inline(sk_dom_walk *w, int role) noexcept
    void sk_mark(sk_dom_walk *w, int role) noexcept
    void sk_text(sk_dom_walk *w, const uint8_t *s, size_t n) noexcept
    void sk_frame(sk_dom_walk *w, const uint8_t *s, size_t n) noexcept
    void sk_flush(sk_dom_walk *w) noexcept
    int sk_named(const sk_dom_tags *tags, const uint8_t *name, size_t n) noexcept
    void sk_dom_run(sk_dom_walk *w, void *body) noexcept
    void sk_dom_free(sk_dom_walk *w) noexcept
    int sk_dom_selftest(const sk_dom_api *api, void *element, const char *word) noexcept


cdef enum:
    FUNCTIONS = 10
    ANY_MARK = 15


cdef class Walker:
    """The walk bound to one library: addresses of its functions and what its tags mean."""

    cdef void *functions[FUNCTIONS]
    cdef sk_dom_tags tags
    cdef list named
    cdef list by_id

    def __init__(self, addresses, roles, names, kinds, lines, cells, named):
        """Take the addresses in the order of ``sk_dom_api``, and per tag id role, name and block kind.

        Without addresses only :meth:`walk_nodes` works. ``named`` maps names that have no id of their own to roles; ``lines`` and ``cells`` name the line wrappers of
        preformatted text and, as 1 and 2, the cells and rows of tables.
        """
        cdef int i
        if len(addresses) not in (0, FUNCTIONS) or len(roles) != SK_IDS or len(named) > 64:
            raise ValueError("tables do not fit")
        for i in range(len(addresses)):
            self.functions[i] = <void *><uintptr_t>addresses[i]
        memset(&self.tags, 0, sizeof(sk_dom_tags))
        for i in range(SK_IDS):
            self.tags.role[i] = SK_NAMED if roles[i] < 0 else roles[i]
            self.tags.kind[i] = kinds.get(names[i], SK_KIND_OTHER)
            self.tags.line[i] = names[i] in lines
            self.tags.cell[i] = cells.get(names[i], 0)
            if names[i] == "script":
                self.tags.script = i
        self.by_id = list(names)
        self.named = [name.encode() for name in named]
        self.tags.named = len(self.named)
        for i, (name, role) in enumerate(zip(self.named, named.values())):
            self.tags.names[i] = name
            self.tags.roles[i] = role

    def selftest(self, uintptr_t element, bytes word):
        """Say whether the library's nodes are laid out as the walk reads them."""
        return bool(sk_dom_selftest(<const sk_dom_api *>self.functions, <void *>element, word))

    def walk(self, uintptr_t body, const uint8_t[::1] wide):
        """Walk the tree below a node; return the columns of ``Layout`` (see ``dom.walk``)."""
        cdef sk_dom_walk w
        memset(&w, 0, sizeof(sk_dom_walk))
        w.api = <const sk_dom_api *>self.functions
        w.tags = &self.tags
        with nogil:
            sk_dom_run(&w, <void *>body)
        try:
            if w.failed:
                raise MemoryError
            return (*_tile(&w, wide), *self.elements(&w), w.anchors, w.metas, bool(w.swallowed), w.marks)
        finally:
            sk_dom_free(&w)

    def children(self, uintptr_t parent, wanted, asked):
        """Return ``(tag, attributes, text)`` of the children of a node that ``asked`` names (see ``dom.children``)."""
        cdef const sk_dom_api *api = <const sk_dom_api *>self.functions
        cdef void *node = api.child(<void *>parent)
        cdef uintptr_t number
        cdef list found = [], by_id = self.by_id
        while node != NULL:
            if api.type(node) == SK_ELEMENT:
                number = api.tag(node)
                tag = by_id[number] if number < SK_IDS else None
                want = asked.get(tag)
                if want is not None:
                    given = _attributes(api, node, wanted)
                    text, attribute, part = want
                    if attribute is None or part in given.get(attribute, "").lower():
                        found.append((tag, given, _text(api, node) if text else ""))
            node = api.next(node)
        return found

    def walk_nodes(self, body, const uint8_t[::1] wide):
        """Return what :meth:`walk` returns, through the nodes' public attributes; ``body`` is the node itself."""
        cdef sk_dom_walk w
        memset(&w, 0, sizeof(sk_dom_walk))
        w.tags = &self.tags
        w.element = -1
        w.marks = ANY_MARK
        try:
            self.nodes(&w, body)
            if w.failed:
                raise MemoryError
            return (*_tile(&w, wide), *self.elements(&w), w.anchors, w.metas, bool(w.swallowed), w.marks)
        finally:
            sk_dom_free(&w)

    cdef int nodes(self, sk_dom_walk *w, body) except -1:
        cdef list stack = [], roles = []
        cdef uintptr_t tag
        cdef int role
        cdef bytes data
        cdef Py_ssize_t size
        cdef const char *text
        self.begin(w, body, body.tag_id)
        node = body.first_child
        while not w.failed:
            if node is None:
                if not stack:
                    break
                node = stack.pop()
                role = roles.pop()
                sk_leave(w, role)
                node = node.next
                continue
            tag = node.tag_id
            role = self.tags.role[tag] if tag < SK_IDS else SK_NAMED
            if role == SK_NAMED:
                name = node.tag
                if name is None or name[:1] in "-_!":
                    node = node.next
                    continue
                data = name.encode()
                role = sk_named(&self.tags, data, len(data))
            if role == SK_TEXT:
                words = node.text_content
                if words is not None:
                    text = PyUnicode_AsUTF8AndSize(words, &size)
                    sk_text(w, <const uint8_t *>text, size)
            elif role != SK_SKIP:
                if role == SK_BLOCK:
                    self.begin(w, node, tag)
                elif role & 7 == SK_INLINE:
                    sk_inline(w, role)
                else:
                    if role & 7 == SK_FRAME:
                        _frame(w, node.first_child)
                    sk_mark(w, role)
                    node = node.next
                    continue
                stack.append(node)
                roles.append(role)
                node = node.first_child
                continue
            node = node.next
        sk_flush(w)
        return 0

    cdef int begin(self, sk_dom_walk *w, node, uintptr_t tag) except -1:
        cdef sk_string value[4]
        cdef int i, known = tag < SK_IDS and self.tags.role[tag] != SK_NAMED
        cdef bytes name = b"" if known else (node.tag or "").encode()
        cdef sk_dom_element *e = sk_begin(w, tag, known, name, len(name))
        cdef Py_ssize_t size
        cdef dict found
        if e == NULL:
            return 0
        memset(value, 0, sizeof(value))
        found = node.attributes
        if found:
            for i in range(4):
                word = found.get(_WANTED[i])
                if word:
                    value[i].data = <const uint8_t *>PyUnicode_AsUTF8AndSize(word, &size)
                    value[i].length = size
            style = found.get("style")
            e.hidden = ("hidden" in found or found.get("aria-hidden") == "true"
                        or (style is not None and "none" in style and "display" in style))
        sk_store(w, e, value)
        sk_settle(w, e)
        return 0

    cdef tuple elements(self, sk_dom_walk *w):
        cdef size_t i, m = w.n_elements
        cdef list tags = [None] * m, attrs = [None] * m
        parent = array("l", bytes(m * sizeof(long)))
        cdef long[::1] parents = parent
        hidden = bytearray(m)
        cdef uint8_t[::1] conceal = hidden
        cdef sk_dom_element *e
        cdef list by_id = self.by_id
        cdef const char *name
        for i in range(m):
            e = &w.elements[i]
            parents[i] = e.parent
            conceal[i] = e.hidden
            if e.tag < SK_IDS:
                tags[i] = by_id[e.tag]
            else:
                name = <const char *>w.names.data + (e.tag - SK_IDS)
                tags[i] = PyUnicode_DecodeUTF8(name, strlen(name), "replace")
            attrs[i] = "" if e.end == e.attrs else PyUnicode_DecodeUTF8(
                <const char *>w.attrs.data + e.attrs, e.end - e.attrs, "replace")
        return parent, tuple(tags), tuple(attrs), bytes(hidden)


cdef dict _attributes(const sk_dom_api *api, void *node, wanted):
    cdef void *attribute = api.first_attribute(node)
    cdef const uint8_t *data
    cdef size_t n
    cdef dict found = {}
    while attribute != NULL:
        n = 0
        data = api.attribute_name(attribute, &n)
        name = wanted.get(data[:n]) if data != NULL else None
        if name is not None:
            n = 0
            data = api.attribute_value(attribute, &n)
            if data != NULL:
                found[name] = PyUnicode_DecodeUTF8(<const char *>data, n, "replace")
        attribute = api.next_attribute(attribute)
    return found


cdef str _text(const sk_dom_api *api, void *node):
    """The text right inside a node."""
    cdef const sk_string *s
    cdef list parts = []
    node = api.child(node)
    while node != NULL:
        if api.type(node) == SK_TEXT_NODE:
            s = <const sk_string *>(<const uint8_t *>node + SK_TEXT_AT)
            if s.data != NULL:
                parts.append(PyUnicode_DecodeUTF8(<const char *>s.data, s.length, "replace"))
        node = api.next(node)
    return "".join(parts)


_WANTED = ("class", "id", "role", "itemprop")


cdef int _frame(sk_dom_walk *w, inside) except -1:
    cdef Py_ssize_t size
    cdef const char *text
    words = None if inside is None else inside.text_content
    if words is not None:
        text = PyUnicode_AsUTF8AndSize(words, &size)
        sk_frame(w, <const uint8_t *>text, size)
    return 0


cdef tuple _tile(sk_dom_walk *w, const uint8_t[::1] wide):
    cdef size_t i, n = w.n_blocks, size = 0
    cdef sk_dom_block *b
    cdef sk_dom_block *c
    cdef sk_dom_element *e
    cdef sk_dom_element *f
    cdef int64_t at = 0
    cdef char *out
    cdef size_t length
    if n == 0:
        return "", array("l"), array("l"), b"", array("l"), array("l")
    for i in range(n):
        b = &w.blocks[i]
        b.gap = 2 if wide[b.kind] or (i + 1 < n and wide[w.blocks[i + 1].kind]) else 1
        if i + 1 == n:
            b.gap = 1
        elif w.cells:
            c = &w.blocks[i + 1]
            e = &w.elements[b.owner]
            f = &w.elements[c.owner]
            if (e.cell >= 0 and f.cell >= 0 and e.cell != f.cell and e.row == f.row
                    and w.elements[e.cell].held == 1 and w.elements[f.cell].held == 1):
                b.gap = 0
        size += b.last - b.first + 2
    starts, ends = array("l", bytes(n * sizeof(long))), array("l", bytes(n * sizeof(long)))
    links, owner = array("l", bytes(n * sizeof(long))), array("l", bytes(n * sizeof(long)))
    cdef long[::1] s = starts, t = ends, l = links, o = owner
    kinds = bytearray(n)
    cdef uint8_t[::1] k = kinds
    cdef char *text = <char *>malloc(size)
    if text == NULL:
        raise MemoryError
    out = text
    for i in range(n):
        b = &w.blocks[i]
        length = b.last - b.first
        memcpy(out, w.text.data + b.first, length)
        out += length
        s[i] = at
        at += b.chars + (2 if b.gap == 2 else 1)
        t[i] = at
        l[i] = b.links
        o[i] = b.owner
        k[i] = b.kind
        out[0] = 9 if b.gap == 0 else 10
        out += 1
        if b.gap == 2:
            out[0] = 10
            out += 1
    try:
        return PyUnicode_DecodeUTF8(text, out - text, "strict"), starts, ends, bytes(kinds), links, owner
    finally:
        free(text)
