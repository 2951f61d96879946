/* The fields of objects whose class has __slots__, by their place in the object: what a member descriptor does, without
   the search for it. */
#ifndef SCRUBKIT_MEMBERS_H
#define SCRUBKIT_MEMBERS_H
#include <Python.h>
#include <structmember.h>

/* Where a field of a class lies in its objects, -1 where it is no field of that kind. */
static Py_ssize_t sk_member(PyObject *type, PyObject *name) {
    PyObject *found = PyObject_GetAttr(type, name);
    Py_ssize_t offset = -1;
    if (found && Py_TYPE(found) == &PyMemberDescr_Type) {
        PyMemberDef *member = ((PyMemberDescrObject *)found)->d_member;
        if (member->type == T_OBJECT_EX) offset = member->offset;
    }
    Py_XDECREF(found);
    PyErr_Clear();
    return offset;
}

/* A field of an object of just that class, None where it is not set. The reference is new. */
static inline PyObject *sk_field(PyObject *object, Py_ssize_t offset) {
    PyObject *value = *(PyObject **)((char *)object + offset);
    if (!value) value = Py_None;
    Py_INCREF(value);
    return value;
}

/* Fill a field of an object that nobody else has seen. */
static inline void sk_fill(PyObject *object, Py_ssize_t offset, PyObject *value) {
    PyObject **field = (PyObject **)((char *)object + offset), *before = *field;
    Py_INCREF(value);
    *field = value;
    Py_XDECREF(before);
}

/* An object of a class, its fields empty. */
static inline PyObject *sk_bare(PyObject *type) { return PyType_GenericAlloc((PyTypeObject *)type, 0); }
#endif
