"""Sealed rankings: the database refuses any change of a published run, its entries and its lines.

Likewise of a scheme by which anything was ranked.
"""

from audit.protection import Operation, Protection

_RUN = "(SELECT status FROM rankings_rankingrun WHERE id = {row}.run_id) IN ('published')"
_LINE = (
    "(SELECT r.status FROM rankings_rankingrun r JOIN rankings_rankingentry e ON e.run_id = r.id "
    "WHERE e.id = {row}.entry_id) IN ('published')"
)
_SCHEME_IN_USE = "EXISTS (SELECT 1 FROM rankings_rankingrun WHERE scheme_id = OLD.id)"
_FILED = ("run_id", "entry_id", "text", "filed_by_id", "filed_by_label", "filed_at")
_ANSWERED = ("outcome", "answer", "answered_by_id", "answered_by_label", "answered_at")
_OBJECTION_CHANGED = (
    f"{' OR '.join(f'OLD.{column} <> NEW.{column}' for column in _FILED)}"
    " OR COALESCE(OLD.line_id, 0) <> COALESCE(NEW.line_id, 0)"
    f" OR (OLD.outcome <> '' AND ({' OR '.join(f'OLD.{column} <> NEW.{column}' for column in _ANSWERED)}))"
    " OR (OLD.correction_id IS NOT NULL AND OLD.correction_id <> COALESCE(NEW.correction_id, 0))"
)
"""An objection stays as it was filed; its answer, once given, and its correction, once there, stay too."""
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
    *(
        Protection(
            table="rankings_schemeversion",
            operation=operation,
            message="已用于排名的计分办法不可变动，请另建新版本",
            condition=_SCHEME_IN_USE,
        )
        for operation in _CHANGES
    ),
    Protection(table="rankings_signoff", operation="UPDATE", message="签发记录不可修改"),
    Protection(table="rankings_signoff", operation="DELETE", message="签发记录不可删除"),
    Protection(
        table="rankings_objection",
        operation="UPDATE",
        message="申诉和答复不可修改",
        condition=_OBJECTION_CHANGED,
    ),
    Protection(table="rankings_objection", operation="DELETE", message="申诉不可删除"),
]
