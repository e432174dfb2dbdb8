"""Sealed rankings: the database refuses any change of a published run, its entries and its lines."""

from audit.protection import Operation, Protection

_RUN = "(SELECT status FROM rankings_rankingrun WHERE id = {row}.run_id) IN ('published')"
_LINE = (
    "(SELECT r.status FROM rankings_rankingrun r JOIN rankings_rankingentry e ON e.run_id = r.id "
    "WHERE e.id = {row}.entry_id) IN ('published')"
)
_CHANGES: tuple[Operation, ...] = ("UPDATE", "DELETE")

PROTECTIONS = [
    *(
        Protection(
            table=table,
            operation=operation,
            message="已发布的排名不可变动，请走更正程序",
            condition=condition.format(row="OLD"),
        )
        for table, condition in (
            ("rankings_rankingrun", "{row}.status = 'published'"),
            ("rankings_rankingentry", _RUN),
            ("rankings_rankingline", _LINE),
        )
        for operation in _CHANGES
    ),
    *(
        Protection(
            table=table,
            operation="INSERT",
            message="已发布的排名不可变动，请走更正程序",
            condition=condition.format(row="NEW"),
        )
        for table, condition in (("rankings_rankingentry", _RUN), ("rankings_rankingline", _LINE))
    ),
    Protection(table="rankings_signoff", operation="UPDATE", message="签发记录不可修改"),
    Protection(table="rankings_signoff", operation="DELETE", message="签发记录不可删除"),
]
