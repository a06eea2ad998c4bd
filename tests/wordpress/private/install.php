// Default discussion settings, as WordPress sets them; readable addresses, the stock theme, no pictures from elsewhere.
wp_install( 'Harmattan Herald', 'admin', 'admin@news.example', true, '', 'a password of a private installation' );
global $wp_rewrite;
$wp_rewrite->init();
$wp_rewrite->set_permalink_structure( '/%postname%/' );
$wp_rewrite->flush_rules( false );
update_option( 'show_avatars', 0 );
switch_theme( 'twentytwentyone' );
