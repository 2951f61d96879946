"""Words of date lines and bylines in many languages: months, weekdays, labels, links in names, agencies."""

from __future__ import annotations

__all__ = ["AGENCIES", "MONTHS", "NAME_LINKS", "PUBLISHED", "SMALL", "UPDATED", "WEEKDAYS"]

# Twelve names a line, January first; "_" stands for a space. A name that means two months in two languages is left out.
MONTHS = """
january february march april may june july august september october november december
jan feb mar apr may jun jul aug sep oct nov dec
januar februar märz april mai juni juli august september oktober november dezember
jänner feber mrz apr mai jun jul aug sept okt nov dez
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
janv févr mars avr mai juin juil aout sept oct nov déc
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
ene feb mar abr may jun jul ago set oct nov dic
janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
jan fev mar abr mai jun jul ago set out nov dez
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
gen feb mar apr mag giu lug ago set ott nov dic
januari februari maart april mei juni juli augustus september oktober november december
januari februari mars april maj juni juli augusti september oktober november december
januar februar marts april maj juni juli august september oktober november desember
stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
ledna února března dubna května června července srpna září října listopadu prosince
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
янв фев мар апр мая июн июл авг сен окт ноя дек
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
oca şub mar nis may haz tem ağu eyl eki kas ara
ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie
január február március április május június július augusztus szeptember október november december
ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου
januari februari maret april mei juni juli agustus september oktober november desember
يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
يناير فبراير مارس ابريل مايو يونيه يوليه اغسطس سبتمبر اكتوبر نوفمبر ديسمبر
جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر
كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول
ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר
जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर
"""

# Labels of the day a page was changed.
UPDATED = """
updated update modified edited revised aktualisiert aktualisierung geändert stand actualisé modifié mis à jour
actualizado actualizada modificado atualizado atualizada aggiornato aggiornata aggiornamento modificato
обновлено обновлён изменено оновлено güncelleme güncellenme güncellendi تحديث تعديل 更新 更新日 最終更新 修改 업데이트
수정 최종수정 기사수정
"""

# Labels of the day a page appeared.
PUBLISHED = """
published posted publication publish first created issued released date dated veröffentlicht erschienen erstellt
datum publié publiée posté créé publicado publicada fecha data pubblicato pubblicata pubblicazione опубликовано
опубликован дата публикации размещено yayınlanma yayınlandı yayın tarihi tarih eklenme giriş نشر نُشر نشرت النشر
تاريخ بتاريخ 发布 发布时间 发表 发表于 發布 發表 公開 公開日 掲載 配信 投稿日 입력 승인 발행 기사입력 등록 opublikowano data
publikacji gepubliceerd publicerad
"""

# What else may stand in a date line: prepositions, hours, time zones.
SMALL = """
오전 오후 on at am pm the last story am um uhr den der vom zuletzt le la les à a el las al en em il alle ore ultimo ultima
última último hrs hs h às dernière mise в г года год мск по время последнее son saat de del est edt et gmt utc
cet cest bst ist pst pdt pt ct mst msk eest eet local time hours تم في آخر اخر الساعة بتوقيت غرينتش جرينتش مكة
المكرمة يوم م ص 时间 日期 日 date of z i o r
"""

# Days of the week and their abbreviations.
WEEKDAYS = """
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun montag
dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so lundi mardi mercredi jeudi
vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo segunda-feira terça-feira
quarta-feira quinta-feira sexta-feira segunda terça quarta quinta sexta feira lunedì martedì mercoledì giovedì
venerdì sabato domenica понедельник вторник среда четверг пятница суббота воскресенье pazartesi salı çarşamba
perşembe cuma cumartesi pazar الاثنين الإثنين الثلاثاء الأربعاء الاربعاء الخميس الجمعة السبت الأحد الاحد 星期一
星期二 星期三 星期四 星期五 星期六 星期日 星期天 周一 周二 周三 周四 周五 周六 周日 月曜日 火曜日 水曜日 木曜日
金曜日 土曜日 日曜日 월 화 수 목 금 토
"""

# Small words inside names and between them.
NAME_LINKS = """
and und et y e ed и ve و van von der den de del di da dos das du la le el al bin ibn ben ter ten zu zur for für pour par
para per для with mit avec con com in i och og
"""

# Agencies and desks that sign alone; other single words after "By" are as likely the beginning of a headline.
AGENCIES = """
reuters afp ap dpa efe ansa aa upi ani pti ians tass тасс xinhua bbc cnn lusa apa sda ats belga anp pap mti ntb tt
ritzau stt kyodo jiji yonhap kuna wam spa mena bta epd kna agencies agenturen agences agencias agências agenzie
redaktion rédaction redacción redação redazione редакция staff editor admin
интерфакс رويترز وكالات أ.ف.ب
"""
