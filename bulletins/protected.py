"""A signed text cannot be changed and an issued one cannot be touched, in the database itself."""

from audit.protection import Protection

_TEXT = ("title", "issuer", "recipients", "copies", "digest", "signed_by_label")
_SIGNED_CHANGED = (
    "OLD.state = 'signed' AND NEW.state <> 'draft' AND ("
    + " OR ".join(f"OLD.{column} <> NEW.{column}" for column in _TEXT)
    + " OR CAST(OLD.sections AS TEXT) <> CAST(NEW.sections AS TEXT)"
    + " OR CAST(OLD.facts AS TEXT) <> CAST(NEW.facts AS TEXT)"
    + " OR CAST(OLD.tables AS TEXT) <> CAST(NEW.tables AS TEXT))"
)

_RUNS = "(SELECT state FROM bulletins_bulletin WHERE id = {row}.bulletin_id) <> 'draft'"

PROTECTIONS = [
    Protection(
        table="bulletins_bulletin_runs",
        operation="DELETE",
        message="已签发的文件所据的排名不可变动",
        condition=_RUNS.format(row="OLD"),
    ),
    Protection(
        table="bulletins_bulletin_runs",
        operation="INSERT",
        message="已签发的文件所据的排名不可变动",
        condition=_RUNS.format(row="NEW"),
    ),
    Protection(
        table="bulletins_bulletin",
        operation="UPDATE",
        message="已签发的文稿不可修改，请先撤回签发",
        condition=_SIGNED_CHANGED,
    ),
    Protection(
        table="bulletins_bulletin",
        operation="UPDATE",
        message="已印发的文件不可变动",
        condition="OLD.state = 'issued'",
    ),
    Protection(
        table="bulletins_bulletin",
        operation="DELETE",
        message="已签发的文件不可删除",
        condition="OLD.state <> 'draft'",
    ),
    Protection(table="bulletins_wording", operation="UPDATE", message="用过的句式不可修改，请另存新版本"),
]
