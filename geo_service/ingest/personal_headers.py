"""Headers of columns about people: recognised, so that the columns are dropped."""

import re
import unicodedata
from itertools import pairwise
from typing import Final

from geo_service.ingest.printable import printable

_EXACT_WORDS: Final = """
姓名 法人 法人代表 法人姓名 法人名称 法定代表人 法代 经营者 经营人 业主 负责人 联系人 责任人
店主 老板 校长 园长 房东 租客 租户 承租人 出租人 户主 房主 身份证 身份证号 身份证号码 证件号
证件号码 公民身份号码 手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 固定电话 座机 微信
微信号 qq qq号 邮箱 电子邮箱 车牌 车牌号 车牌号码 户籍 户籍地 籍贯 前科 人脸 性别 民族 年龄
出生日期 出生年月 生日 政治面貌 家庭住址 现住址 住址 银行卡 银行账号 护照号 驾驶证号 家长 监护人
班主任 教师姓名 学生姓名 从业人员 照片 指纹 mac mac地址 imei imsi owner proprietor person
contact tel mobile phone fax email wechat gender sex age birthday birthdate dob ethnicity
nationality landlord tenant lessee occupant principal headmaster surname firstname lastname
fullname passport legalperson legalrepresentative legalrep idcard idcardno idcardnumber identity
identityno identitynumber idno citizenid ssn plate plateno platenumber licenseplate licenceplate
carplate criminalrecord face faceid macaddress macaddr xingming xm faren frxm frdb fddbr
fadingdaibiaoren lianxiren lxr lxdh lxfs dianhua dhhm shouji shoujihao sjh sjhm shenfenzheng sfz
sfzh sfzhm sfzhao zjhm fuzeren fzr jingyingzhe jyz chepai chepaihao cph huji qianke xiaozhang
yuanzhang fangdong zuke chengzuren hukou renlian
"""
_EXACT: Final = frozenset(_EXACT_WORDS.split())
_CONTAINED_WORDS: Final = """
姓名 身份证 身份号码 手机 电话 联系方式 联系人 法定代表人 法人 负责人 经营者 责任人 校长 园长
房东 租客 承租 出租人 户主 房主 车牌 户籍 前科 人脸 出生 家长 监护人 班主任 微信 邮箱 银行卡
家庭住址 护照 从业人员 刑满 吸毒 精神障碍 重点人员 店主 业主 老板 店长 经营人 法代 民警 辅警
网格员 联络员 联络人 值班员 政治面貌 籍贯 户口 qq号 扣扣
"""
_CONTAINED: Final = tuple(_CONTAINED_WORDS.split())
_ENGLISH_TOKENS_WORDS: Final = """
owner phone mobile telephone tel contact landlord tenant principal headmaster birthday passport
email wechat imei imsi
"""
_ENGLISH_TOKENS: Final = frozenset(_ENGLISH_TOKENS_WORDS.split())
# Units whose names contain a word for a person: taken out before the rest of the header is judged, so that
# 法人单位名称 is about a unit and 法人单位联系人 is about a person.
_UNITS: Final = re.compile(
    "企业法人营业执照|事业单位法人证书|法人统一社会信用代码|法人(?:单位|机构|企业|组织|社团|证书)"
)
_COUNT: Final = re.compile("(?:人数|数量)$")


def is_personal_header(header: str) -> bool:
    """Say whether a header names data about people."""
    text = unicodedata.normalize("NFKC", printable(header, " ")).strip()
    outside = re.sub(r"[(\[【].*?[)\]】]", "", text) or text
    tokens = re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", outside).lower())
    plain = _UNITS.sub("", re.sub(r"[\s_\-.:*/]+", "", outside).casefold())
    if _COUNT.search(plain):
        return False  # how many persons, not who
    return (
        plain in _EXACT
        or any(word in plain for word in _CONTAINED)
        or any(token in _ENGLISH_TOKENS for token in tokens)
        or any(f"{first}{second}" in _EXACT for first, second in pairwise(tokens))
    )
