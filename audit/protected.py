"""The trail is append-only."""

from audit.protection import Protection

PROTECTIONS = [
    Protection(table="audit_auditentry", operation="UPDATE", message="审计记录不可修改"),
    Protection(table="audit_auditentry", operation="DELETE", message="审计记录不可删除"),
]
