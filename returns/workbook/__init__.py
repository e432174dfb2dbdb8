"""Reading and writing returns as workbooks.

Nothing in this package knows Django or a database: it takes bytes and a vocabulary (the names, places
and rights that hold for one person, plan and period) and answers with located figures and problems.
"""
