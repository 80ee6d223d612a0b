"""Invented names: every one begins with 演示 (demo), none is that of a real school, shop, street or person."""

from typing import Final

_STREET_WORDS: Final = (
    "朝霞 云帆 青禾 稻香 柳溪 桂雨 荷风 望湖 听松 春晓 秋实 星河 月桥 松涛 翠竹 金穗 银杏 梧桐 丹枫 白露 晴川 "
    "远帆 竹影 兰亭坡 晨光 暮云 雁鸣 鹭洲 清泉 石桥 茶山 梅岭 樱园 杏坛 枫林 桃源里 榆荫 槐安 橘洲头 芦荡 渔歌 "
    "放歌 飞虹 彩云 碧波 清荷 沐风 听雨 观澜 揽月 追星 踏雪 寻梅 吟秋 颂春 百灵 画眉 喜鹊 布谷 蜻蜓 萤火 "
    "向阳坡 风车 水磨 磨坊 窑湾 渡口 船埠 栈桥 钟楼 鼓楼台 书香 墨池 砚田 笔峰 纸坊 琴韵 棋盘 画廊 戏台 花市 "
    "米市 布坊 陶瓷 铁匠坡 木鱼 竹篮 麦浪 豆花 菱角 莲蓬 橙园 柚林 枇杷 石榴 葡萄架 蔷薇 茉莉 海棠 玉兰 丁香"
)
STREET_WORDS: Final = tuple(_STREET_WORDS.split())
"""For streets: things of landscape and trade, no places of the region."""

_SCHOOL_WORDS: Final = (
    "春苗 晨露 彩虹桥 小水滴 向日葵 星星河 月亮船 蒲公英 小风车 红蜻蜓 蓝海豚 白鸽林 金种子 绿叶 七色花 萤火虫 "
    "小木马 纸飞机 棒棒糖 欢乐谷口 童谣 摇篮曲 积木城 画笔 云朵 雨点 露珠 麦穗 竹蜻蜓 小帆船 四叶草 满天星 "
    "暖阳 和风 细雨 朗月 明溪 清流 高杉 嘉木 新芽 初晓 知远 思齐坡 笃行 致新 启航湾 扬帆 长风 青云梯"
)
SCHOOL_WORDS: Final = tuple(_SCHOOL_WORDS.split())

NUMERALS: Final = "一二三四五六七八九十"

POLICE_WORDS: Final = ("城南", "城北", "城东", "城西", "新区", "老街", "河湾", "站前")

_SIGN_WORDS: Final = (
    "蓝天 顺意 好邻里 万家福 小太阳 老地方 四季 天天乐 惠民坊 鑫源来 宏运达 金桥头 佳佳 乐购屋 美滋 旺角 聚友 "
    "星光 极光 飞跃 领航 银河 火箭 闪电 风云阁 逐浪 龙腾湾 虎跃 凤鸣 麒麟阁 吉祥里 如意坊 平安里 福满 喜相逢 "
    "同乐 欢聚 畅想 悠然 云水 竹里 梅园 兰心 菊香 松鹤 荷塘 桃李 杏花 柳岸 枫桥边 湖光 山色 水岸 江畔 渔火 "
    "晨曦 晚晴 暖春 清凉 红灯笼 绿洲 紫藤 青柠 蜜桃 甜橙 草莓熊 小麋鹿 大熊猫 白鲸 海豚湾 石榴红 丁香紫 百合"
)
SIGN_WORDS: Final = tuple(_SIGN_WORDS.split())
"""For signs of shops and other places."""

SUFFIXES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "net_cafe": (("网吧", "网吧"), ("网咖", "网咖"), ("网络会所", "互联网上网服务营业场所")),
    "arcade": (("电玩城", "电玩城"), ("游戏厅", "游戏厅"), ("游艺厅", "游艺娱乐场所")),
    "ktv": (("KTV", "KTV"), ("歌厅", "歌厅"), ("音乐会所", "歌舞娱乐场所")),
    "bar": (("酒吧", "酒吧"), ("清吧", "清吧"), ("小酒馆", "酒馆")),
    "rental": (("出租屋", "出租屋"), ("合租公寓", "合租房"), ("日租房", "日租房")),
    "hotel_budget": (
        ("快捷酒店", "快捷酒店"),
        ("宾馆", "宾馆"),
        ("旅馆", "旅馆"),
        ("招待所", "招待所"),
        ("民宿", "民宿"),
    ),
    "esports_hotel": (("电竞酒店", "电竞酒店"), ("电竞宾馆", "电竞酒店")),
    "shop": (
        ("便利店", "便利店"),
        ("文具店", "文具店"),
        ("小超市", "超市"),
        ("食杂店", "食杂店"),
        ("小卖部", "小卖部"),
        ("玩具店", "玩具店"),
        ("零食铺", "小商店"),
    ),
    "tobacco": (("烟酒店", "烟酒店"), ("烟草专柜", "烟草零售点"), ("香烟店", "烟草零售点")),
    "ecig": (("电子烟专卖", "电子烟零售点"), ("电子烟", "电子烟零售点")),
    "alcohol": (("酒行", "酒类销售网点"), ("烟酒行", "烟酒行"), ("酒业", "酒类销售网点")),
    "lottery": (("体彩店", "体彩"), ("福彩店", "福彩"), ("彩票投注站", "投注站")),
    "chess_mahjong": (("棋牌室", "棋牌室"), ("麻将馆", "麻将馆"), ("茶楼棋牌", "棋牌室")),
    "billiards": (("台球室", "台球室"), ("台球俱乐部", "桌球")),
    "adult": (("成人用品", "成人用品店"), ("情趣用品", "成人用品店")),
    "stall": (
        ("早点摊", "食品摊点"),
        ("烧烤摊", "流动摊贩"),
        ("糖葫芦摊", "流动摊贩"),
        ("水果摊", "占道经营"),
    ),
    "book_av": (("书店", "书店音像"), ("文化用品", "文化用品"), ("音像店", "书店音像")),
    "aftercare": (("小饭桌", "小饭桌"), ("午托", "午托"), ("托管中心", "托管机构")),
    "firework": (("烟花爆竹", "烟花爆竹点"), ("烟花零售", "烟花爆竹点")),
    "hazchem": (("化工门市", "危化品点"), ("油漆涂料", "危化品点"), ("气体站", "危化品点")),
    "fuel": (("加油站", "加油站"),),
}
"""Per category: how a sign ends, and what the table says as category (a label or an alias of the vocabulary)."""


def numeral(number: int) -> str:
    """Return a whole number from 1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else f"{NUMERALS[tens - 1]}十")
    return head + (NUMERALS[ones - 1] if ones else "")
