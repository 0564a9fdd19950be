"""A picture of the page of `bybit explore`.

chromium  where Chromium is
explorer  open the page on a sandbox, cancel an order there, and take the picture
"""
