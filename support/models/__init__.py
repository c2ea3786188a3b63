from support.models.attachments import Attachment
from support.models.following import Following, Notice
from support.models.mirrored import Mirrored
from support.models.tickets import Delivery, Draft, Message, Ticket

__all__ = ["Attachment", "Delivery", "Draft", "Following", "Message", "Mirrored", "Notice", "Ticket"]
