"""What the database itself keeps: revisions and reviews are append-only, sealed figures do not move."""

from audit.protection import Protection

_SEALED = "(SELECT state FROM returns_cycle WHERE id = {row}.cycle_id) IN ('frozen', 'published')"

PROTECTIONS = [
    Protection(table="returns_figurerevision", operation="UPDATE", message="填报记录不可修改"),
    Protection(table="returns_figurerevision", operation="DELETE", message="填报记录不可删除"),
    Protection(table="returns_reviewnote", operation="UPDATE", message="审核记录不可修改"),
    Protection(table="returns_reviewnote", operation="DELETE", message="审核记录不可删除"),
    *(
        Protection(table=table, operation=operation, message=message)
        for table, message in (
            ("returns_evidence", "佐证材料不可改动或删除"),
            ("returns_evidencewithdrawal", "佐证撤回记录不可改动或删除"),
            ("returns_comment", "批注不可改动或删除"),
            ("returns_submission", "报送单不可改动或删除"),
            ("returns_signedscan", "报送单扫描件不可改动或删除"),
        )
        for operation in ("UPDATE", "DELETE")
    ),
    *(
        Protection(
            table="returns_figure",
            operation=operation,
            message="本期已冻结，数据不可变动",
            condition=_SEALED.format(row="OLD" if operation == "DELETE" else "NEW"),
        )
        for operation in ("INSERT", "UPDATE", "DELETE")
    ),
]
